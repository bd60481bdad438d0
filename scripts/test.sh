#!/usr/bin/env bash
# Installs what is missing, builds, and runs the whole test suite: scripts/test.sh [PRESET [CMAKE-OPTION...]].
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install-deps.sh
preset=${1:-release}
shift || true
scripts/build.sh "$preset" -DNV_TESTS=ON "$@"  # explicit, since a build folder keeps the options it was made with
ctest --preset "$preset" --no-tests=error -j "$(nproc)"
