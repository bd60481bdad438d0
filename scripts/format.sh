#!/usr/bin/env bash
# scripts/format.sh [--check]: brings every C++ file to the project's format, or says which are not (exit 1).
set -euo pipefail
cd "$(dirname "$0")/.."
mode=(-i)
[ "${1:-}" = --check ] && mode=(--dry-run -Werror)
git ls-files -z --cached --others --exclude-standard '*.h' '*.cpp' | xargs -0 clang-format-14 "${mode[@]}"
