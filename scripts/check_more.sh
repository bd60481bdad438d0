#!/usr/bin/env bash
# The slower checks that .ci/run leaves out: sanitizers with all tests, a clang 14 build with warnings as errors, and
# clang-tidy over all sources.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install-deps.sh --ci
scripts/build.sh asan
ctest --preset asan -j "$(nproc)"
scripts/build.sh clang
scripts/tidy.sh
