"""Every external repository of the project, in one place."""

load("//third_party/abseil:abseil.bzl", "abseil_repository")
load("//third_party/bazel_rules:bazel_rules.bzl", "bazel_rules_repositories")
load("//third_party/debian:debian_library.bzl", "debian_library")
load("//third_party/libtorch:libtorch.bzl", "libtorch_repository")
load("//third_party/python:python.bzl", "python_repository")
load("//third_party/tree_sitter:tree_sitter.bzl", "tree_sitter_repository")

def loadstone_dependencies():
    """Declares the repositories; each is set up only when a target asks for it."""
    bazel_rules_repositories()
    abseil_repository(name = "com_google_absl")
    libtorch_repository(name = "libtorch")
    python_repository(name = "python_torch")
    tree_sitter_repository(name = "tree_sitter")

    debian_library(
        name = "com_github_google_glog",
        build_file = "//third_party/debian:glog.BUILD",
        # glog's own headers include those of gflags.
        headers = ["glog", "gflags"],
        package = "libgoogle-glog-dev",
    )
    debian_library(
        name = "com_google_googletest",
        build_file = "//third_party/debian:googletest.BUILD",
        headers = ["gtest", "gmock"],
        package = "libgtest-dev and libgmock-dev",
    )
    debian_library(
        name = "com_github_google_benchmark",
        build_file = "//third_party/debian:benchmark.BUILD",
        headers = ["benchmark"],
        package = "libbenchmark-dev",
    )
    debian_library(
        name = "com_github_nlohmann_json",
        build_file = "//third_party/debian:json.BUILD",
        headers = ["nlohmann"],
        package = "nlohmann-json3-dev",
    )
    debian_library(
        name = "com_github_cliutils_cli11",
        build_file = "//third_party/debian:cli11.BUILD",
        headers = ["CLI"],
        package = "libcli11-dev",
    )
    debian_library(
        name = "zlib",
        build_file = "//third_party/debian:zlib.BUILD",
        headers = ["zlib.h", "zconf.h"],
        package = "zlib1g-dev",
    )
    debian_library(
        name = "openssl",
        build_file = "//third_party/debian:openssl.BUILD",
        headers = ["openssl"],
        package = "libssl-dev",
    )
