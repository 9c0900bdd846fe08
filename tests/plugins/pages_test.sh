#!/bin/bash
# Each page's last block of code is the file that is compiled: PAGE FILE [PAGE FILE]...
set -u
failures=0
while (($# >= 2)); do
  page="$1" file="$2"
  shift 2
  code="$(awk '/^```cpp$/ {block = ""; inside = 1; next} /^```$/ {inside = 0; next} inside {block = block $0 "\n"} END {printf "%s", block}' "$page")"
  if ! diff <(echo "$code") "$file"; then
    echo "FAILED: the code at the end of $page is not $file (shown: < the page, > the file)"
    failures=1
  fi
done
exit "$failures"
