#!/usr/bin/env bash
# Installs what is missing, builds nv, and shows on the examples what it is for: the structure of a network, a pass, two
# inputs compared, a frozen filter, an attack. Each step leaves one picture in out/demo. Says beforehand how long it takes.
set -euo pipefail
cd "$(dirname "$0")/.."
build_seconds=390  # processor time to build nv alone, by scripts/measure_build.sh nv
if [ -x build/release/bin/nv ]; then
  echo "Brings build/release/bin/nv up to date; the pictures then take a few seconds."
else
  echo "The first build takes about $(((build_seconds / $(nproc) + 59) / 60)) minutes on $(nproc) cores (less if ccache has it); the pictures then take a few seconds."
fi
scripts/install-deps.sh
scripts/build.sh --only nv release
nv=build/release/bin/nv

lenet=examples/models/lenet5-mnist.h5
vgg=examples/models/vgg12-cifar10.h5
cat=examples/photos/chelsea-32.png
eight=examples/digits/8_0043.png
three=examples/digits/3_0763.png
out=out/demo
mkdir -p $out

say() { # WHAT ARGUMENT...: runs nv
  printf '\n# %s\n$ nv %s\n' "$1" "${*:2}"
  "$nv" "${@:2}"
}
say "the layers of a network, with shapes, parameters and receptive fields" inspect $lenet
say "the same drawn, of a larger one" inspect $vgg --quiet --png $out/1-structure.png
say "a pass: the most active channels of each layer, for a photo of a cat" run $vgg $cat -o $out/2-pass.png
say "a comparison: where do an 8 and a 3 differ in the first layer?" compare $lenet $eight $three --layers conv1 -o $out/3-compare.png
say "a frozen filter: without the one that differs most, the 8 is read as a 3" mutate $lenet $eight --freeze conv1:0 --layers conv2 -o $out/4-frozen.png
say "an attack: a change too small to see, and the cat is a deer" attack $vgg $cat --method pgd -o $out/attack
cp $out/attack/pgd/sheets/chelsea-32.png $out/5-attack.png
say "500 digits (the end of what it prints): accuracy, a table per class, the confusion matrix" \
  run $lenet examples/idx/kept-images-idx3-ubyte.gz --truth examples/idx/kept-labels-idx1-ubyte.gz --layers none | grep -v ^kept-

cat <<END

What to open:
  $out/1-structure.png   the layers of VGG-12 as volumes, to scale
  $out/2-pass.png        a cat in VGG-12: six channels of each layer, and the scores
  $out/3-compare.png     an 8 and a 3 in the first layer of LeNet-5, channel by channel, and the difference
  $out/4-frozen.png      the second layer with and without filter 0 of the first
  $out/5-attack.png      the photo, the change that PGD made, and the result, with the scores before and after
END
