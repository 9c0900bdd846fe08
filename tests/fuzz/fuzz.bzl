"""Fuzz targets: one source, a libFuzzer binary and a test that replays its corpus."""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library", "cc_test")

def fuzz_target(name, deps, mutator = []):
    """NAME_fuzz (only --config=fuzz links it) and NAME_replay_test, from NAME_fuzz.cc and corpus/NAME.

    Args:
      name: the target, as run.sh takes it.
      deps: of NAME_fuzz.cc.
      mutator: sources for libFuzzer alone.
    """
    cc_library(
        name = name,
        testonly = True,
        srcs = [name + "_fuzz.cc"],
        deps = deps + [":fuzz_target"],
        alwayslink = True,
    )
    cc_binary(
        name = name + "_fuzz",
        testonly = True,
        srcs = mutator,
        linkopts = ["-fsanitize=fuzzer"],
        # Only clang has libFuzzer: not part of //...
        tags = ["manual"],
        deps = [":" + name, "@com_google_absl//absl/strings"],
    )
    cc_test(
        name = name + "_replay_test",
        size = "small",
        args = ["tests/fuzz/corpus/" + name],
        data = native.glob(["corpus/" + name + "/**"]),
        deps = [":" + name, ":replay"],
    )
