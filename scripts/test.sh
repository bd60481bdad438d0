#!/usr/bin/env bash
# Installs what is missing, builds, and runs the whole test suite: scripts/test.sh [PRESET [CMAKE-OPTION...]].
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install-deps.sh
preset=${1:-release}
shift || true
scripts/build.sh "$preset" -DNV_TESTS=ON "$@"  # explicit, since a build folder keeps the options it was made with
# CTest splits a name at ";", and then runs no test under either half.
for program in nv_tests nv_cli_tests; do
  if "build/$preset/bin/$program" --list-test-cases | grep ';'; then
    echo "names of tests must not hold a semicolon" >&2
    exit 1
  fi
done
ctest --preset "$preset" --no-tests=error -j "$(nproc)"
