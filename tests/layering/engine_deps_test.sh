#!/bin/bash
# The engine links no format, class, device, program or test.
set -u
deps="$1"
if ! grep -q '^//engine:engine$' "$deps"; then
  echo "FAILED: $deps does not list the engine itself"
  exit 1
fi
if grep -E '^//(loaders|custom_ops|plugins|tools|tests)' "$deps"; then
  echo "FAILED: //engine:engine reaches the targets above"
  exit 1
fi
