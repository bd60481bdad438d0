#!/usr/bin/env bash
# The slower checks that .ci/run leaves out: all tests with sanitizers and in Debug, one link that sees through all
# files for types and functions defined twice (ODR), a clang 14 build with warnings as errors, and clang-tidy over all
# sources.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install-deps.sh --ci
scripts/build.sh asan
ctest --preset asan -j "$(nproc)"
scripts/build.sh debug
ctest --preset debug -j "$(nproc)"
scripts/odr.sh
scripts/build.sh clang
scripts/tidy.sh
