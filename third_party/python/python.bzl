"""The interpreter of the project's .venv, as a tool for genrules and tests."""

def _python_impl(repository_ctx):
    workspace = repository_ctx.path(repository_ctx.attr._workspace).dirname
    repository_ctx.template(
        "python.sh",
        repository_ctx.attr._script,
        executable = True,
        # Whether it is there is asked at each run: a .venv made later must not need a new repository.
        substitutions = {"%{interpreter}": "{}/.venv/bin/python3".format(workspace)},
    )
    repository_ctx.file("BUILD.bazel", """sh_binary(
    name = "python",
    srcs = ["python.sh"],
    visibility = ["//visibility:public"],
)
""")

python_repository = repository_rule(
    implementation = _python_impl,
    attrs = {
        "_script": attr.label(default = "//third_party/python:python.sh.tpl"),
        "_workspace": attr.label(default = "//:WORKSPACE"),
    },
    local = True,
)
