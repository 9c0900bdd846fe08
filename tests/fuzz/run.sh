#!/bin/bash
# Fuzzes one target: tests/fuzz/run.sh TARGET SECONDS. TARGET is the name of a file here without _fuzz.cc.
# Needs clang with its sanitizers: apt-get install clang-14 libclang-rt-14-dev.
# What it finds is left in the current folder as crash-*, timeout-* or oom-*; make it small with -minimize_crash=1,
# fix what it shows, and put it into corpus/TARGET, where every `bazel test` replays it.
set -euo pipefail
target=${1:?usage: tests/fuzz/run.sh TARGET SECONDS}
seconds=${2:?usage: tests/fuzz/run.sh TARGET SECONDS}
root=$(cd "$(dirname "$0")/../.." && pwd)
(cd "$root" && CC=clang-14 ./tools/bazel build --config=fuzz "//tests/fuzz:${target}_fuzz")
binary=$(cd "$root" && realpath "bazel-bin/tests/fuzz/${target}_fuzz")
found=$(mktemp -d)  # new inputs; the corpus itself stays small
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}
# 1 s for one input, 64 MiB and an input's size for one allocation.
exec "$binary" -max_total_time="$seconds" -timeout=1 -malloc_limit_mb=65 -rss_limit_mb=2048 -max_len=65536 \
  -print_final_stats=1 "$found" "$root/tests/fuzz/corpus/$target"
