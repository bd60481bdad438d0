#!/usr/bin/env bash
# Finds violations of the one-definition rule: links nv and the tests with link-time optimisation, with ODR warnings as
# errors. In build/odr.
set -euo pipefail
cd "$(dirname "$0")/.."
flags="-O1 -flto=auto -Wodr -Werror=odr -Wlto-type-mismatch -Werror=lto-type-mismatch"
cmake -S . -B build/odr -G Ninja -DCMAKE_BUILD_TYPE=None -DNV_BENCH=OFF -DCMAKE_CXX_FLAGS="$flags" \
  -DCMAKE_C_FLAGS="$flags" -DCMAKE_AR="$(command -v gcc-ar)" -DCMAKE_RANLIB="$(command -v gcc-ranlib)" >/dev/null
cmake --build build/odr --target nv nv_tests nv_cli_tests
