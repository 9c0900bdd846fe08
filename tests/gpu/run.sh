#!/bin/bash
# Runs the GPU tests of this folder and prints a log: the machine, each test's result, the bandwidth of a load.
#   LIBTORCH_HOME=/opt/libtorch ./run.sh        or, where python3 has a torch:        ./run.sh
# Exit code 0: all passed, or there is no GPU and all were skipped.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 2

home="${LIBTORCH_HOME:-}"
if [[ -z "$home" ]]; then
  # Not imported: that takes seconds, and it may be broken.
  find='import importlib.util as u; print(u.find_spec("torch").submodule_search_locations[0])'
  home="$(python3 -c "$find" 2> /dev/null)"
fi
if [[ ! -e "$home/lib/libtorch_cpu.so" ]]; then
  echo "no LibTorch: set LIBTORCH_HOME to the folder that holds its lib/, or have torch in python3" >&2
  exit 2
fi
gpus="$(nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2> /dev/null)"
echo "date: $(date -u '+%Y-%m-%d %H:%M:%S UTC')"
echo "GPU, driver, memory: ${gpus:-no GPU: nvidia-smi finds none}"
echo "LibTorch: $home$([[ -e "$home/lib/libtorch_cuda.so" ]] && echo ', for CUDA' || echo ', without CUDA')"

export LD_LIBRARY_PATH="$home/lib:$PWD/lib"
export MODULE_DB=tests/differential/module_db.bin
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
failed=()
for program in plugins/cuda/cuda_device_test tests/gpu/gpu_test tests/gpu/load_bandwidth; do
  echo "== $program"
  "./$program" 2>&1 | tee -a "$log"
  code="${PIPESTATUS[0]}"
  ((code == 0)) || failed+=("$program: exit code $code")
done

echo "== result"
if ((${#failed[@]} > 0)); then
  printf '%s\n' "${failed[@]}"
  exit 1
fi
if ! grep -q 'no GPU' "$log"; then
  echo "passed"
elif [[ -z "$gpus" ]]; then
  echo "no GPU: nothing ran on one"
else
  # A green log must not hide that nothing was tried.
  echo "a GPU is here, but this LibTorch cannot use it: it is built without CUDA, or for a newer driver"
  exit 1
fi
