#!/usr/bin/env bash
# Draws the pictures of README.md and docs/gallery.md with the built nv.
set -euo pipefail
cd "$(dirname "$0")/.."
nv=${NV:-build/release/bin/nv}
out=docs/images
lenet=examples/models/lenet5-mnist.h5
vgg=examples/models/vgg12-cifar10.h5
seven=examples/digits/7_0293.png
cat=examples/photos/chelsea-32.png
"$nv" run "$vgg" "$cat" -q -o $out/vgg12-overview.png
"$nv" inspect "$lenet" -q --png $out/lenet5-structure.png
"$nv" inspect "$vgg" -q --png $out/vgg12-structure.png
"$nv" inspect tests/fixtures/nested_shared/model.h5 -q --png $out/nested-structure.png
"$nv" inspect "$vgg" -q --filters block1_conv1 -o $out/vgg12-kernels.png
"$nv" run "$lenet" "$seven" -q --layers conv1 -o $out/lenet5-conv1.png
"$nv" compare "$lenet" "$seven" -q --freeze conv1:0,3 --layers conv2 -o $out/lenet5-frozen.png
"$nv" compare "$lenet" "$seven" examples/digits/1_0054.png -q -o $out/lenet5-compare.png
"$nv" compare "$lenet" "$seven" -q --freeze conv1:0,3 --layers fc1 --theme dark -o $out/lenet5-units-dark.png
samples=$(mktemp -d)
trap 'rm -rf "$samples"' EXIT
"$nv" attack "$vgg" "$cat" -q --method pgd -o "$samples/cat" >/dev/null
cp "$samples/cat/pgd/sheets/chelsea-32.png" $out/vgg12-sample.png
"$nv" attack "$lenet" examples/idx/kept-images-idx3-ubyte.gz --truth examples/idx/kept-labels-idx1-ubyte.gz --items 0-299 \
  -q --method fgsm,bim,pgd --curve 0.02,0.05,0.1,0.15,0.2,0.25,0.3 --no-sheets -o "$samples/curve" >/dev/null
cp "$samples/curve/curve.png" $out/lenet5-curve.png
"$nv" run "$lenet" examples/idx/kept-images-idx3-ubyte.gz --truth examples/idx/kept-labels-idx1-ubyte.gz \
  -q --layers none --format png -o "$samples/truth" >/dev/null
cp "$samples/truth/reliability.png" $out/lenet5-reliability.png
"$nv" attack "$lenet" examples/digits -q --method deepfool --norm Linf --no-sheets -o "$samples/digits" >/dev/null
"$nv" samples "$samples/digits" -q --sheet $out/lenet5-samples.png
"$nv" explain "$vgg" "$cat" -q --method all -o $out/vgg12-explanations.png >/dev/null
"$nv" explain "$lenet" examples/digits -q --method gradient,integrated-gradients,grad-cam,lrp,guided-backprop --judge \
  -o "$samples/judge" >/dev/null
cp "$samples/judge/judge-deletion.png" $out/lenet5-judge.png
"$nv" explain "$lenet" examples/idx/kept-images-idx3-ubyte.gz -q --method top-patches --layer conv2 --channel 3 --take 10 \
  -o $out/lenet5-patches.png >/dev/null
"$nv" explain "$vgg" "$cat" -q --method filters --layer block3_relu3 --take 8 --freeze -o $out/vgg12-freezing.png >/dev/null
scripts/animation.py "$nv"

# Pages to try, and their pictures (viewer/test: needs npm ci in viewer/, and Chromium).
mkdir -p out/live
"$nv" view "$lenet" examples/digits -q --force -o out/live/lenet5.html
"$nv" view "$vgg" examples/photos -q --force -o out/live/vgg12.html
"$nv" view tests/fixtures/nested_shared/model.h5 tests/fixtures/nested_shared/input.npz -q --force -o out/live/nested.html
pages=$samples/pages
node viewer/test/picture.mjs "$(realpath "$nv")" "$pages"
cp "$pages"/view-*.png $out/
