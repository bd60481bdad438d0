#!/usr/bin/env bash
# The slower checks that .ci/run leaves out: all tests with the address, undefined-behaviour and thread sanitizers, in
# Debug, and with the kernels of any CPU; one link over all files that finds types and functions defined twice (ODR); a
# clang 14 build with warnings as errors; clang-tidy over all sources. About two hours of processor time.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install-deps.sh --ci
step() { printf '\n== %s (%s)\n' "$*" "$(date +%T)"; }
run_tests() { ctest --preset "$1" --no-tests=error -j "$(nproc)"; }

step "address and undefined-behaviour sanitizers"
scripts/build.sh asan
LSAN_OPTIONS=suppressions=$PWD/tests/lsan.supp:print_suppressions=0 run_tests asan
step "debug"
scripts/build.sh debug
run_tests debug
step "release, with the kernels of any CPU"
scripts/build.sh release
NV_ISA=baseline run_tests release
step "thread sanitizer"
scripts/tsan.sh
step "duplicate definitions"
scripts/odr.sh
step "clang"
scripts/build.sh clang
scripts/tidy.sh
