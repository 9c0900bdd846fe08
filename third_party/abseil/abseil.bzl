"""Debian's Abseil (20220623) under the labels that Abseil's own repository has."""

# Only headers and targets that this release has: no absl/log, no status macros or matchers.
_TARGETS = {
    "algorithm": ["algorithm", "container"],
    "base": ["base", "config", "core_headers", "dynamic_annotations", "endian", "log_severity"],
    "cleanup": ["cleanup"],
    "container": [
        "btree",
        "fixed_array",
        "flat_hash_map",
        "flat_hash_set",
        "inlined_vector",
        "node_hash_map",
        "node_hash_set",
    ],
    "debugging": ["failure_signal_handler", "leak_check", "stacktrace", "symbolize"],
    "flags": ["commandlineflag", "config", "flag", "marshalling", "parse", "reflection", "usage"],
    "functional": ["any_invocable", "bind_front", "function_ref"],
    "hash": ["hash"],
    "memory": ["memory"],
    "meta": ["meta", "type_traits"],
    "numeric": ["bits", "int128"],
    "random": ["bit_gen_ref", "distributions", "random", "seed_sequences"],
    "status": ["status", "statusor"],
    "strings": ["cord", "str_format", "strings"],
    "synchronization": ["synchronization"],
    "time": ["time"],
    "types": ["any", "bad_optional_access", "bad_variant_access", "compare", "optional", "span", "variant"],
    "utility": ["utility"],
}

# What Debian calls the libraries that code can need directly; each shared library names the others
# that it needs. Shared, not static, so that a process with plugins has one Abseil.
_LIBRARIES = [
    "bad_any_cast_impl",
    "bad_optional_access",
    "bad_variant_access",
    "base",
    "city",
    "civil_time",
    "cord",
    "cord_internal",
    "cordz_functions",
    "cordz_handle",
    "cordz_info",
    "examine_stack",
    "exponential_biased",
    "failure_signal_handler",
    "flags_commandlineflag",
    "flags_commandlineflag_internal",
    "flags_config",
    "flags_internal",
    "flags_marshalling",
    "flags_parse",
    "flags_program_name",
    "flags_reflection",
    "flags_usage",
    "flags_usage_internal",
    "hash",
    "hashtablez_sampler",
    "int128",
    "leak_check",
    "log_severity",
    "low_level_hash",
    "random_distributions",
    "random_internal_pool_urbg",
    "random_internal_randen",
    "random_internal_randen_hwaes",
    "random_internal_randen_slow",
    "random_internal_seed_material",
    "random_seed_gen_exception",
    "random_seed_sequences",
    "raw_hash_set",
    "raw_logging_internal",
    "spinlock_wait",
    "stacktrace",
    "status",
    "statusor",
    "str_format_internal",
    "strerror",
    "strings",
    "strings_internal",
    "symbolize",
    "synchronization",
    "throw_delegate",
    "time",
    "time_zone",
]

_PUBLIC = 'package(default_visibility = ["//visibility:public"])\n'

def _abseil_impl(repository_ctx):
    headers = repository_ctx.path("/usr/include/absl")
    if not headers.exists:
        fail("{} is missing: install the Debian package libabsl-dev, or run ./tools/bazel, which does it".format(headers))
    repository_ctx.symlink(headers, "include/absl")

    # The headers are one input, a folder: an input each would cost every compilation time.
    # One library holds everything, the others only name it: --as-needed leaves out what is not used.
    linkopts = ["-Wl,--push-state,--as-needed"] + ["-labsl_" + name for name in _LIBRARIES] + ["-Wl,--pop-state"]
    repository_ctx.file("BUILD.bazel", _PUBLIC + """
cc_library(
    name = "headers",
    hdrs = ["include/absl"],
    includes = ["include"],
)

cc_library(
    name = "absl",
    linkopts = {},
    deps = [
        ":headers",
        "@loadstone//third_party/sanitizers:absl_annotations",
    ],
)
""".format(repr(linkopts)))

    for package, targets in _TARGETS.items():
        repository_ctx.file("absl/{}/BUILD.bazel".format(package), _PUBLIC + "".join(["""
cc_library(
    name = "{}",
    deps = ["//:absl"],
)
""".format(target) for target in targets]))

abseil_repository = repository_rule(implementation = _abseil_impl, local = True)
