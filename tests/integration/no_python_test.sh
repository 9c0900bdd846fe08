#!/bin/bash
# The program needs no Python: none is linked, and it runs where none can be found.
set -u
loadstone="$1"
failures=0
if ldd "$loadstone" | grep -i libpython; then
  echo "FAILED: loadstone links Python"
  failures=1
fi
output="$(env -i PATH=/nonexistent "$loadstone" run tests/testdata/digits/full_module.pth \
  --input tests/testdata/digits/seven.npy 2>&1)"
if [[ $? -ne 0 || "$output" != *"best 7"* ]]; then
  echo "FAILED: does not run without Python on PATH: $output"
  failures=1
fi
exit "$failures"
