#!/bin/bash
# Makes a venv with the model libraries, beside the project's .venv whose torch it uses, for compare_library.py:
#   tests/python_source/libraries/install_libraries.sh /tmp/libraries
#   bazel build --config=opt //tools:loadstone
#   /tmp/libraries/bin/python3 tests/python_source/libraries/compare_library.py bazel-bin/tools/loadstone torchvision
#   /tmp/libraries/bin/python3 tests/python_source/libraries/compare_library.py bazel-bin/tools/loadstone timm --all
#   bazel test --test_env=LOADSTONE_LIBRARIES=/tmp/libraries //tests/python_source/libraries:all   # a dozen small ones
set -euo pipefail

venv="${1:?usage: install_libraries.sh FOLDER}"
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)"
packages=("$root"/.venv/lib/python3*/site-packages)
"$root/.venv/bin/python3" -m venv "$venv"
echo "${packages[0]}" > "$(echo "$venv"/lib/python3*/site-packages)/project.pth"
# Their dependencies would bring another torch.
"$venv/bin/pip" install --no-deps torchvision==0.28.0 pillow==13.0.0 timm==1.0.31
"$venv/bin/pip" install huggingface_hub pyyaml safetensors
