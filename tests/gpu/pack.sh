#!/bin/bash
# Puts into one archive what a machine with a GPU needs to run the GPU tests without Bazel:
#   pack.sh OUT.tar.gz FILE...
# Each FILE goes where a test finds it as its data; Debian's libraries that programs need go along, LibTorch does not.
set -euo pipefail

out="$1"
shift
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
root="$work/gpu_tests"

programs=()
for file in "$@"; do
  # bazel-out/k8-fastbuild/bin/tests/gpu/gpu_test is tests/gpu/gpu_test to who runs it.
  path="$(sed -E 's,^bazel-out/[^/]+/bin/,,' <<< "$file")"
  mkdir -p "$root/$(dirname "$path")"
  cp -L "$file" "$root/$path"
  # Bazel makes every output executable, data too.
  [[ "$(head -c 4 "$file" | tr -d '\0')" != $'\x7fELF' ]] || programs+=("$root/$path")
done
mv "$root/tests/gpu/run.sh" "$root/run.sh"
chmod -R u+w "$root"
strip "${programs[@]}"

# Debian's, so not LibTorch's, of which the GPU's machine has its own; and not glibc's, which belongs to the machine.
mkdir "$root/lib"
ldd "${programs[@]}" | awk '$2 == "=>" { print $3 }' | sort -u | grep -E '^(/usr)?/lib/' |
  grep -v -E '/(ld-linux|libc\.|libm\.|libdl\.|librt\.|libpthread\.)' |
  while read -r library; do cp -L "$library" "$root/lib/"; done

# The same bytes for the same files.
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$work" -cf - gpu_tests | gzip -n > "$out"
