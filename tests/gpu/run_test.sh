#!/bin/bash
# The archive unpacks anywhere and runs from anywhere; without a GPU it says so and fails nothing.
set -euo pipefail

archive="$PWD/$1"
home="$(ldd "$PWD/$2" | sed -n 's,.*=> \(.*\)/lib/libtorch_cpu\.so .*,\1,p')"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
tar -xzf "$archive" -C "$folder"
cd /

fail() {
  echo "$1" >&2
  cat "$folder/log" >&2
  exit 1
}
LIBTORCH_HOME="$home" "$folder/gpu_tests/run.sh" > "$folder/log" 2>&1 || fail "run.sh failed"
for word in "date: " "GPU, driver, memory: " "LibTorch: $home" "== tests/gpu/gpu_test" "== tests/gpu/load_bandwidth"; do
  grep -qF "$word" "$folder/log" || fail "no '$word' in the log"
done
if ! nvidia-smi > /dev/null 2>&1; then
  grep -qF "no GPU: nothing ran on one" "$folder/log" || fail "it does not say that there is no GPU"
  ! grep -qF "[       OK ] ModulesTest" "$folder/log" || fail "a test of the GPU passed without one"
fi

# Without a LibTorch it says what to do.
! LIBTORCH_HOME=/nowhere "$folder/gpu_tests/run.sh" > "$folder/log" 2>&1 || fail "it ran without a LibTorch"
grep -qF "set LIBTORCH_HOME" "$folder/log" || fail "it does not say how to name a LibTorch"
