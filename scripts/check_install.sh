#!/usr/bin/env bash
# Installs the library from a build folder and uses it as others would: scripts/check_install.sh [BUILD], by default
# build/release, which must be configured. Builds the libraries, installs them into an empty folder, builds examples/cpp
# against that, and runs the programs.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build/release}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --build "$build" --target nv_library
cmake --install "$build" --component library --prefix "$work/installed" >/dev/null

examples=$PWD/examples
cp -r "$examples/cpp" "$work/source"  # outside of the tree: nothing but the installed files may be found
cmake -S "$work/source" -B "$work/build" -G Ninja -DCMAKE_PREFIX_PATH="$work/installed" \
  -DCMAKE_CXX_FLAGS="-Wall -Wextra -Werror -O1" >/dev/null
cmake --build "$work/build"

model=$examples/models/lenet5-mnist.h5
digit=$examples/digits/7_0293.png
other=$examples/digits/1_0054.png
cd "$work"
expect() {  # expect TEXT COMMAND...: runs COMMAND, which must print TEXT
  local text=$1 output
  shift
  output=$("$@")
  grep -qF -- "$text" <<<"$output" || { printf '%s: expected "%s", got:\n%s\n' "$1" "$text" "$output" >&2; exit 1; }
}
expect "predicted class 7" build/run_model "$model" "$digit"
expect "success: class 7 -> " build/attack "$model" "$digit" sample.npy
test -s sample.npy
expect "relative L2" build/compare "$model" "$digit" "$other"
expect "wrote layer.png" build/draw_layer "$model" "$digit" conv1 layer.png
[ "$(head -c 4 layer.png | tail -c 3)" = PNG ]
if build/run_model nothing.h5 "$digit" 2>error.txt; then exit 1; fi
grep -q "nothing.h5: no such file" error.txt

echo "check_install: $(find installed/include -name '*.h' | wc -l) headers, 4 programs"
