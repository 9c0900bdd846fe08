"""What somebody who builds a plugin elsewhere needs: headers and the flags to compile with."""

def _plugin_sdk_impl(ctx):
    headers = depset(transitive = [dep[CcInfo].compilation_context.headers for dep in ctx.attr.deps])
    own_headers = [file for file in headers.to_list() if file.extension == "h" and not file.owner.workspace_name]

    # The libraries that plugins share with the program; engine symbols come from the program itself.
    link_flags = []
    for dep in ctx.attr.deps:
        for linker_input in dep[CcInfo].linking_context.linker_inputs.to_list():
            link_flags += [flag for flag in linker_input.user_link_flags if flag not in link_flags]

    # LibTorch's headers lie beside the libraries, wherever those are.
    libtorch_libs = [flag[2:] for flag in link_flags if flag.startswith("-L")]
    if len(libtorch_libs) != 1:
        fail("expected LibTorch's one -L among {}".format(link_flags))
    include = libtorch_libs[0] + "/../include"
    flags = ctx.attr.compile_flags + ["-isystem", include, "-isystem", include + "/torch/csrc/api/include"] + link_flags

    # Path in the repository, and path in the folder.
    copies = [(file.path, "include/" + file.path) for file in own_headers]
    copies += [(file.path, file.basename) for file in ctx.files.files]
    sdk = ctx.actions.declare_directory(ctx.label.name)
    ctx.actions.run_shell(
        inputs = own_headers + ctx.files.files,
        outputs = [sdk],
        arguments = [sdk.path, "\n".join(flags)] + [path for copy in copies for path in copy],
        command = """
            sdk="$1"; flags="$2"; shift 2
            while [ $# -gt 0 ]; do install -m 644 -D "$1" "$sdk/$2"; shift 2; done
            printf '%s\\n' "$flags" > "$sdk/flags"
        """,
        mnemonic = "PluginSdk",
    )
    return [DefaultInfo(files = depset([sdk]))]

plugin_sdk = rule(
    implementation = _plugin_sdk_impl,
    attrs = {
        "compile_flags": attr.string_list(doc = "First in the file of flags."),
        "files": attr.label_list(allow_files = True, doc = "Files to put beside include/."),
        "deps": attr.label_list(providers = [CcInfo], doc = "Whose headers, with all they include, plugins may use."),
    },
    doc = "A folder: include/ with the project's own headers, flags, a response file for g++, and `files`.",
)
