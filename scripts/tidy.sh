#!/usr/bin/env bash
# scripts/tidy.sh [BASE]: clang-tidy on the sources that differ from BASE (a git revision), or on all of them. Needs a
# configured build/clang (scripts/build.sh clang) for its compile commands.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ $# -gt 0 ]; then
  files=$(git diff --name-only --diff-filter=d "$1" -- 'lib/*.cpp' 'apps/*.cpp')
else
  files=$(git ls-files 'lib/*.cpp' 'apps/*.cpp')
fi
[ -n "$files" ] || exit 0
printf '%s\n' "$files" | xargs -P "$(nproc)" -n 4 clang-tidy-14 --quiet -p build/clang 2>/dev/null
