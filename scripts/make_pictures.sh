#!/usr/bin/env bash
# Draws the pictures of README.md with the built nv.
set -euo pipefail
cd "$(dirname "$0")/.."
build/release/bin/nv run examples/models/vgg12-cifar10.h5 examples/photos/chelsea-32.png -q -o docs/images/vgg12-overview.png
