#!/bin/bash
# Runs torch_load_test.py: PYTHON SCRIPT LOADSTONE
exec "$@"
