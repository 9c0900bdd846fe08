"""The rule sets that Bazel 4.2 expects to download, taken from Debian's packages instead."""

_RULES = "/usr/share/bazel/rules"

# Debian's rules_cc is newer than its Bazel: these two files load a symbol that Bazel 4.2 lacks.
_FILES_TO_PATCH = [
    "cc/private/rules_impl/cc_flags_supplier.bzl",
    "cc/private/rules_impl/compiler_flag.bzl",
]

def _rules_cc_impl(repository_ctx):
    source = repository_ctx.path(_RULES + "/cc")
    if not source.exists:
        fail("{} is missing: install the Debian package bazel-rules-cc, or run ./tools/bazel, which does it".format(source))
    copied = repository_ctx.execute(["cp", "-R", "-L", str(source) + "/.", "."])
    if copied.return_code != 0:
        fail("copying {}: {}".format(source, copied.stderr))
    for name in _FILES_TO_PATCH:
        text = repository_ctx.read(name)
        text = text.replace(', "use_cpp_toolchain")', ")")
        text = text.replace("use_cpp_toolchain()", '["@bazel_tools//tools/cpp:toolchain_type"]')
        repository_ctx.file(name, text)

_rules_cc_repository = repository_rule(implementation = _rules_cc_impl, local = True)

def bazel_rules_repositories():
    """Declares rules_cc, rules_java, rules_proto, bazel_skylib, platforms and remote_coverage_tools."""
    _rules_cc_repository(name = "rules_cc")
    native.local_repository(name = "rules_java", path = _RULES + "/java")
    native.local_repository(name = "rules_proto", path = _RULES + "/proto")
    native.local_repository(name = "bazel_skylib", path = "/usr/share/bazel/tools/skylib")
    native.local_repository(name = "platforms", path = "/usr/share/bazel/tools/platforms")

    # Every test has an implicit dependency on this target; without `bazel coverage` it is not used.
    native.new_local_repository(
        name = "remote_coverage_tools",
        build_file_content = """filegroup(
    name = "coverage_report_generator",
    visibility = ["//visibility:public"],
)
""",
        path = _RULES + "/cc/tools",
    )
