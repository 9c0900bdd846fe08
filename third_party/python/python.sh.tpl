#!/bin/sh
# Runs the project's own Python, for fixtures and for comparisons with PyTorch. Build and test only.
if [ ! -x '%{interpreter}' ]; then
  echo "this target needs Python's torch, and the project has no .venv:" >&2
  echo "run ./tools/bazel without LIBTORCH_HOME once, or leave the target out with --config=nopython" >&2
  exit 1
fi
# The same answer whoever runs it: nothing from the user's own Python set-up, one thread, fixed hashes.
unset PYTHONHOME PYTHONPATH PYTHONSTARTUP
export HOME="${HOME:-${TMPDIR:-/tmp}}"
export LC_ALL=C.UTF-8
export OMP_NUM_THREADS=1
export PYTHONDONTWRITEBYTECODE=1
export PYTHONHASHSEED=0
export PYTHONNOUSERSITE=1
exec '%{interpreter}' "$@"
