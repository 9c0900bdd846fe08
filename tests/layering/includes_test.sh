#!/bin/bash
# Which folder may include which: catches what Bazel's visibility cannot, since gcc sees every header on disk.
set -u
root="$(dirname "$(readlink -f "$1")")"
cd "$root" || exit 1
failures=0

# forbid FOLDER PATTERN WHY [EXCEPT]: no source below FOLDER includes a header that matches PATTERN, but for lines of
# file and include that match EXCEPT.
forbid() {
  local found
  found="$(grep -rnE "^#include [\"<]$2" --include='*.h' --include='*.cc' "$1" | grep -vE "${4:-^$}")"
  if [[ -n "$found" ]]; then
    echo "FAILED: $3:"
    echo "$found"
    failures=1
  fi
}

count="$(find engine loaders custom_ops plugins tools -name '*.h' | wc -l)"
if ((count < 20)); then
  echo "FAILED: only $count headers found below $root"
  exit 1
fi
forbid engine '(loaders|custom_ops|plugins|tools|tests)/' "the engine knows no format, class, device or program"
forbid loaders '(custom_ops|plugins|tools|tests)/' "loaders know no class, device or program"
forbid custom_ops '(loaders|plugins|tools|tests)/' "classes know no format, device or program" \
  '^custom_ops/python_source/source_tree/.*"loaders/archive/zip_(archive|builder)\.h"'
forbid plugins/cpu '(loaders|custom_ops|tools|tests)/' "devices know no format, class or program"
forbid plugins/dynamic '(loaders|custom_ops|tools|tests)/' "what loads libraries knows no format, class or program"
for folder in loaders custom_ops plugins tools tests; do
  forbid "$folder" 'engine/internal/' "engine/internal is the engine's own"
done
for folder in engine loaders custom_ops plugins tools; do
  forbid "$folder" 'torch/(all|torch)\.h' "torch/torch.h costs 15 s a file: include the ATen headers used"
done
others="$(grep -rlE '#include [<"]glog/logging.h' --include='*.h' --include='*.cc' engine loaders custom_ops plugins tools tests | grep -v '^engine/base/logging.h$')"
if [[ -n "$others" ]]; then
  echo "FAILED: glog comes in through engine/base/logging.h only: $others"
  failures=1
fi
exit "$failures"
