"""LibTorch, from the folder that LIBTORCH_HOME names or else from the torch wheel in .venv."""

_LIBRARIES = ["torch", "torch_cpu", "c10"]

# Only in a CUDA build.
_CUDA_LIBRARIES = ["torch_cuda", "c10_cuda"]

# Only in the headers of a CUDA build; the CPU build ships its neighbours too.
_CUDA_HEADER = "include/ATen/cuda/CUDAConfig.h"

def _is_libtorch(home):
    return home.get_child("include").get_child("ATen").exists and home.get_child("lib").get_child("libtorch_cpu.so").exists

def _find_in_venv(workspace):
    lib = workspace.get_child(".venv").get_child("lib")
    if not lib.exists:
        return None
    for python in lib.readdir():
        home = python.get_child("site-packages").get_child("torch")
        if _is_libtorch(home):
            return home
    return None

def _find(repository_ctx):
    named = repository_ctx.os.environ.get("LIBTORCH_HOME", "")
    if named:
        if not named.startswith("/"):
            fail("LIBTORCH_HOME must be an absolute path, got " + named)
        home = repository_ctx.path(named)
        if not _is_libtorch(home):
            fail("LIBTORCH_HOME is {}, which lacks include/ATen or lib/libtorch_cpu.so".format(named))
        return home

    workspace = repository_ctx.path(repository_ctx.attr._workspace).dirname
    home = _find_in_venv(workspace)
    if not home:
        fail("LibTorch not found: run ./tools/bazel instead of bazel, which installs it into .venv, " +
             "or set LIBTORCH_HOME to a folder that holds LibTorch's include/ and lib/")
    return home

def _has(home, file):
    for part in file.split("/"):
        home = home.get_child(part)
    return home.exists

def _check_cuda(home):
    wanted = [_CUDA_HEADER] + ["lib/lib{}.so".format(name) for name in _CUDA_LIBRARIES]
    missing = [file for file in wanted if not _has(home, file)]
    if missing:
        fail("--config=cuda: the LibTorch in {} is not built for CUDA, it lacks {}; ".format(home, ", ".join(missing)) +
             "set LIBTORCH_HOME to one that is (the torch folder of a wheel for CUDA is one), " +
             "or build without --config=cuda")

def _libtorch_impl(repository_ctx):
    # Named only so that a new pin looks for LibTorch anew.
    repository_ctx.path(repository_ctx.attr._requirements)

    home = _find(repository_ctx)
    if repository_ctx.os.environ.get("LOADSTONE_CUDA", "") == "1":
        _check_cuda(home)
    lib = home.get_child("lib").realpath
    repository_ctx.symlink(home.get_child("include"), "include")

    # The libraries are linked where they lie, not through cc_import: the loader then finds what they
    # need beside them (libgomp; CUDA's libraries by way of $ORIGIN), and a binary copied out of
    # bazel-bin still runs.
    libraries = _LIBRARIES + [name for name in _CUDA_LIBRARIES if lib.get_child("lib" + name + ".so").exists]
    linkopts = ["-L{}".format(lib), "-Wl,-rpath,{}".format(lib), "-Wl,--no-as-needed"]
    linkopts += ["-l" + name for name in libraries]

    repository_ctx.template(
        "BUILD.bazel",
        repository_ctx.attr._build_file,
        substitutions = {
            "%{linkopts}": repr(linkopts),
        },
    )

libtorch_repository = repository_rule(
    implementation = _libtorch_impl,
    attrs = {
        "_build_file": attr.label(default = "//third_party/libtorch:libtorch.BUILD"),
        "_requirements": attr.label(default = "//tools:requirements.txt"),
        "_workspace": attr.label(default = "//:WORKSPACE"),
    },
    environ = [
        "LIBTORCH_HOME",
        "LOADSTONE_CUDA",
    ],
    local = True,
)
