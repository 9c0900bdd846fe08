#!/bin/bash
# LOADSTONE SCRIPT ARGUMENTS...: runs the script with the Python of the venv that LOADSTONE_LIBRARIES names.
if [[ -z "${LOADSTONE_LIBRARIES:-}" ]]; then
  echo "skipped, nothing compared: LOADSTONE_LIBRARIES names no venv (see install_libraries.sh)"
  exit 0
fi
exec "$LOADSTONE_LIBRARIES/bin/python3" "$2" "$1" "${@:3}"
