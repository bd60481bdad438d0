#!/usr/bin/env bash
# Builds nv: scripts/build.sh [--only TARGET] [PRESET [CMAKE-OPTION...]]. PRESET is release (the default), dev (compiles
# faster, for work on the sources), debug, asan, clang or coverage. The program lands in build/PRESET/bin.
set -euo pipefail
cd "$(dirname "$0")/.."
target=all
if [ "${1:-}" = --only ]; then
  target=$2
  shift 2
fi
preset=${1:-release}
shift || true
cmake --preset "$preset" "$@" >"/tmp/nv-cmake-$$.log" 2>&1 || { cat "/tmp/nv-cmake-$$.log" >&2; rm -f "/tmp/nv-cmake-$$.log"; exit 1; }
rm -f "/tmp/nv-cmake-$$.log"
cmake --build --preset "$preset" --target "$target"
