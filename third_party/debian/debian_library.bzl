"""A repository for one C++ library that Debian installs under /usr."""

def _debian_library_impl(repository_ctx):
    for header in repository_ctx.attr.headers:
        installed = repository_ctx.path("/usr/include/" + header)
        if not installed.exists:
            fail("{} is missing: install the Debian package {}, or run ./tools/bazel, which does it".format(
                installed,
                repository_ctx.attr.package,
            ))

        # The headers are reached through this repository, not through /usr/include, so that Bazel
        # sees when an upgrade changes them, and gcc takes them as system headers.
        repository_ctx.symlink(installed, "include/" + header)
    repository_ctx.symlink(repository_ctx.attr.build_file, "BUILD.bazel")

debian_library = repository_rule(
    implementation = _debian_library_impl,
    attrs = {
        "build_file": attr.label(mandatory = True, doc = "BUILD file of the repository."),
        "headers": attr.string_list(mandatory = True, doc = "Names in /usr/include, linked into include/."),
        "package": attr.string(mandatory = True, doc = "Debian package to name when a header is missing."),
    },
    local = True,
)
