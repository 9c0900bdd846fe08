#!/bin/bash
# Fuzzes the parsers with libFuzzer, AddressSanitizer and UndefinedBehaviorSanitizer:
#   tests/fuzz/run.sh TARGET SECONDS   one; TARGET is the name of a file here without _fuzz.cc
#   tests/fuzz/run.sh --all SECONDS    each, one after the other
# Needs clang with its sanitizers: apt-get install clang-14 libclang-rt-14-dev.
# What it finds is left in the current folder as crash-*, timeout-*, oom-* or leak-*; make it small with
# -minimize_crash=1, fix what it shows, and put it into corpus/TARGET, where every `bazel test` replays it.
# An input may take 1 s; SECONDS_FOR_ONE sets another limit, for a machine that does other work as well.
set -euo pipefail
usage="usage: tests/fuzz/run.sh TARGET|--all SECONDS"
targets=("${1:?$usage}")
seconds=${2:?$usage}
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
if [[ "$1" == --all ]]; then
  targets=()
  for source in "$here"/*_fuzz.cc; do targets+=("$(basename "$source" _fuzz.cc)"); done
fi

# An output base of its own: after a build with another compiler the next ordinary one would begin anew.
bazel=("$root/tools/bazel" ${BAZEL_STARTUP_OPTIONS:-} --output_base="$HOME/.cache/loadstone/fuzz/$(md5sum <<< "$root" | cut -c 1-12)")
options=(--config=fuzz --symlink_prefix=/ ${BAZEL_OPTIONS:-})
labels=()
for target in "${targets[@]}"; do labels+=("//tests/fuzz:${target}_fuzz"); done
(cd "$root" && "${bazel[@]}" build "${options[@]}" "${labels[@]}")
binaries=$(cd "$root" && "${bazel[@]}" info "${options[@]}" bazel-bin)/tests/fuzz

export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}
new=$(mktemp -d)  # inputs that reach new code; the corpus itself stays small
trap 'rm -rf "$new"' EXIT
failed=()
for target in "${targets[@]}"; do
  mkdir "$new/$target"
  # 64 MiB and an input's size for one allocation.
  "$binaries/${target}_fuzz" -max_total_time="$seconds" -timeout="${SECONDS_FOR_ONE:-1}" -malloc_limit_mb=65 \
    -rss_limit_mb=2048 -max_len=65536 -print_final_stats=1 -verbosity=1 "$new/$target" "$here/corpus/$target" \
    2> >(tee "$new/$target.log" >&2) || failed+=("$target")
done
echo "target, inputs, slowest of them in s, peak memory in MiB:"
for target in "${targets[@]}"; do
  awk -v target="$target" '$1 ~ /^stat::/ { value[$1] = $2 }
    END { print target ",", value["stat::number_of_executed_units:"] ",", value["stat::slowest_unit_time_sec:"] ",",
          value["stat::peak_rss_mb:"] }' "$new/$target.log"
done
((${#failed[@]} == 0)) || { echo "found something: ${failed[*]}"; exit 1; }
