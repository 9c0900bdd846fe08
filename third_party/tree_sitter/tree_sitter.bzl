"""tree-sitter and its grammar of Python, built from the source archives that tools/bazel downloads."""

# What pip calls the two archives that tools/source_requirements.txt pins.
_CORE = "tree-sitter-0.23.2"
_GRAMMAR = "tree_sitter_python-0.23.6"

def _tree_sitter_impl(repository_ctx):
    # Named only so that a new pin looks anew.
    repository_ctx.path(repository_ctx.attr._requirements)

    workspace = repository_ctx.path(repository_ctx.attr._workspace).dirname
    sdists = workspace.get_child(".sdists")
    for name in [_CORE, _GRAMMAR]:
        archive = sdists.get_child(name + ".tar.gz")
        if not archive.exists:
            fail("{} is missing: run ./tools/bazel instead of bazel, which downloads it (with LIBTORCH_HOME set too)".format(archive))
        repository_ctx.extract(archive)

    # The grammar's archive has no headers: it includes those of the library as "tree_sitter/...".
    repository_ctx.symlink(_CORE + "/tree_sitter/core/lib/src", "include/tree_sitter")
    repository_ctx.template(
        "BUILD.bazel",
        repository_ctx.attr._build_file,
        substitutions = {
            "%{core}": _CORE + "/tree_sitter/core/lib",
            "%{grammar}": _GRAMMAR + "/src",
        },
    )

tree_sitter_repository = repository_rule(
    implementation = _tree_sitter_impl,
    attrs = {
        "_build_file": attr.label(default = "//third_party/tree_sitter:tree_sitter.BUILD"),
        "_requirements": attr.label(default = "//tools:source_requirements.txt"),
        "_workspace": attr.label(default = "//:WORKSPACE"),
    },
    local = True,
)
