#!/usr/bin/env bash
# Installs what is missing, builds, and runs the whole test suite: scripts/test.sh [PRESET [CMAKE-OPTION...]].
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install-deps.sh
scripts/build.sh "$@"
ctest --preset "${1:-release}" -j "$(nproc)"
