#!/usr/bin/env bash
# Builds the page that nv view fills, viewer/dist/page.html: the engine as WebAssembly by Debian's emscripten, script and
# style by esbuild from npm (viewer/package-lock.json). Ordinary builds take the committed page.
#   scripts/build_page.sh           writes viewer/dist/page.html
#   scripts/build_page.sh --check   fails if the committed page is not what the sources give
set -euo pipefail
cd "$(dirname "$0")/.."
export NODE_PATH=/usr/share/nodejs  # where emscripten finds its JavaScript parser
cmake --preset wasm >/dev/null
cmake --build --preset wasm
[ -d viewer/node_modules ] || npm --prefix viewer ci --ignore-scripts --no-audit --no-fund
(cd viewer && npm run --silent check)
node viewer/build.mjs --wasm build/wasm/bin/nv.wasm "$@"
