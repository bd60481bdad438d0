#!/usr/bin/env bash
# Installs what is missing, builds nv, and runs it on the examples: the structure of two trained networks, what they
# predict, and a picture of what every layer makes of an image. Writes out/ and says what to open.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install-deps.sh
scripts/build.sh --only nv release
nv=build/release/bin/nv

say() { printf '\n$ nv %s\n' "$*"; "$nv" "$@"; }
lenet=examples/models/lenet5-mnist.h5
vgg=examples/models/vgg12-cifar10.h5

say inspect "$lenet"
say run "$lenet" examples/digits --truth from-name --layers none
say run "$lenet" examples/digits/4_*.png -o out/lenet5
say run "$vgg" examples/photos/chelsea-32.png -o out/vgg12
"$nv" run "$lenet" examples/idx/kept-images-idx3-ubyte.gz --truth examples/idx/kept-labels-idx1-ubyte.gz --layers none --json >out/accuracy.json

cat <<'END'

What to open:
  out/lenet5/*/overview.png           the whole pass of a digit through LeNet-5 on one sheet
  out/lenet5/*/001-conv1.png          the six maps of its first layer
  out/vgg12/chelsea-32/overview.png   a cat in VGG-12
  out/accuracy.json                   accuracy and confusion matrix over 500 digits
END
