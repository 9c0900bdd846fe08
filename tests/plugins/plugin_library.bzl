"""Plugin libraries as their authors build them: with g++ and the SDK, not by Bazel's C++ rules."""

_SDK = "//plugins/dynamic:sdk"

def plugin_library(name, srcs, include = None, copts = []):
    """Compiles `srcs` to name.so.

    Args:
      name: of the library, without .so.
      srcs: source files; headers among them are only there to be included.
      include: one more folder for headers, from the repository's root.
      copts: flags after the SDK's.
    """
    sources = " ".join(["$(location {})".format(src) for src in srcs if src.endswith(".cc")])
    native.genrule(
        name = name,
        testonly = True,
        srcs = srcs + [_SDK],
        outs = [name + ".so"],
        cmd = "g++ {sources} -o $@ -I $(location {sdk})/include {include} @$(location {sdk})/flags {copts}".format(
            sources = sources,
            sdk = _SDK,
            include = "-I " + include if include else "",
            copts = " ".join(copts),
        ),
    )
