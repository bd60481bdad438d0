#!/usr/bin/env bash
# Writes the pages of the public headers (lib/nv) to build/docs/html, with Doxygen. Exit 1 if Doxygen warns: a parameter
# that is not there, a reference that leads nowhere. Members without a comment are listed but are no warning.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install-deps.sh --docs
rm -rf build/docs
mkdir -p build/docs
doxygen docs/Doxyfile
echo "build/docs/html/index.html"
