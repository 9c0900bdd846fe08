"""The folder that LOADSTONE_SDK names (loadstone: bazel build //plugins/dynamic:sdk), as a repository."""

def _loadstone_sdk_impl(ctx):
    sdk = ctx.os.environ.get("LOADSTONE_SDK", "")
    if not sdk.startswith("/"):
        fail("LOADSTONE_SDK must be the absolute path of the SDK's folder, got '{}'".format(sdk))
    ctx.symlink(sdk + "/include", "include")
    ctx.symlink(sdk + "/bazel_rules.bzl", "bazel_rules.bzl")

    # Headers that Bazel must know of are reached through this repository; the rest of the flags go to g++ as they are.
    copts, includes, linkopts = [], ["include"], []
    flags = ctx.read(sdk + "/flags").splitlines()
    is_header_folder = False
    for flag in flags:
        if is_header_folder:
            name = "third_party_include_{}".format(len(includes))
            ctx.symlink(flag, name)
            includes.append(name)
            is_header_folder = False
        elif flag == "-isystem":
            is_header_folder = True
        elif flag.startswith("-l") or flag.startswith("-L") or flag.startswith("-Wl,"):
            linkopts.append(flag)
        elif flag != "-shared":
            copts.append(flag)
    ctx.file("flags.bzl", "COPTS = {}\n".format(copts))
    ctx.file("BUILD.bazel", """cc_library(
    name = "sdk",
    hdrs = glob(["include/**"]) + {folders},
    includes = {includes},
    linkopts = {linkopts},
    visibility = ["//visibility:public"],
)
""".format(folders = includes[1:], includes = includes, linkopts = linkopts))

loadstone_sdk = repository_rule(implementation = _loadstone_sdk_impl, environ = ["LOADSTONE_SDK"], local = True)
