#!/usr/bin/env python3
"""Compares nv's frozen filters with the same in Keras.

    check_frozen.py --nv build/release/bin/nv MODEL... [--sets N] [--seed S]

For every model, N random sets of filters (layers with channels, up to half of them) are frozen: in Keras by a
mask after the layer, in nv by `run --freeze`. Compares every layer's output for one random input, then saves
the mutant with `mutate --save` and compares its outputs in Keras. As output and, if all its layers allow it, as
weights. Needs scripts/requirements.txt. Exit 1 if a difference is above --tolerance of the layer's largest value, or if
no model could be checked.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras
import numpy as np


def copy_weights(model, clone):
    names = {layer.name for layer in model.layers}
    for layer in clone.layers:
        if layer.name in names:
            layer.set_weights(model.get_layer(layer.name).get_weights())


def masked(model, masks):
    """The model with each layer of `masks` multiplied by its mask; its outputs are every layer's."""
    outputs = {}

    def call(layer, *args, **kwargs):
        result = layer(*args, **kwargs)
        if layer.name in masks:
            mask = masks[layer.name]
            result = keras.layers.Lambda(lambda values: values * mask, name=f"{layer.name}_mask")(result)
        outputs[layer.name] = result
        return result

    if isinstance(model, keras.Sequential):
        model = keras.Model(model.inputs, model.outputs)
    clone = keras.models.clone_model(model, call_function=call)
    copy_weights(model, clone)
    return keras.Model(clone.inputs, outputs)


def without_weights(model, frozen):
    """The model with kernel and bias of the frozen filters 0."""
    clone = keras.models.clone_model(model)
    copy_weights(model, clone)
    for name, channels in frozen.items():
        layer = clone.get_layer(name)
        weights = layer.get_weights()
        for values in weights:
            values[..., channels] = 0
        layer.set_weights(weights)
    return clone


def is_flat(model):
    """Whether the model has one input, one output, no nested model, and calls each layer once, in float32."""
    calls = [node.operation for nodes in getattr(model, "_functional", model)._nodes_by_depth.values() for node in nodes]
    return (len(model.inputs) == 1 and len(model.outputs) == 1 and len(calls) == len(set(calls)) and
            not any(isinstance(l, keras.Model) or l.dtype != "float32" for l in model.layers))


def worst(got, expected):
    return float(np.max(np.abs(got - expected)) / max(float(np.max(np.abs(expected))), 1e-12))


def chosen_filters(model, rng, kinds):
    """{layer: channels}, of up to three layers."""
    able = [l for l in model.layers if len(getattr(l.output, "shape", ())) in (2, 4) and kinds(l) and l is not model.layers[-1]]
    frozen = {}
    for i in rng.permutation(len(able))[:3]:
        count = able[i].output.shape[-1]
        size = int(rng.integers(1, max(2, count // 2 + 1)))
        frozen[able[i].name] = sorted(int(c) for c in rng.permutation(count)[:size])
    return frozen


def freeze_options(frozen, how):
    options = ["--freeze-as", how]
    for name, channels in frozen.items():
        options += ["--freeze", f"{name}:{','.join(map(str, channels))}"]
    return options


def check(nv, path, model, rng, how, folder):
    """Largest relative differences: of a layer in nv's pass, and of the saved mutant's outputs."""
    convolution = (keras.layers.Conv2D, keras.layers.Dense)
    frozen = chosen_filters(model, rng, (lambda l: not isinstance(l, keras.layers.InputLayer)) if how == "output"
                            else (lambda l: type(l) in convolution))
    if not frozen:
        return None
    x = rng.random((1, *[d or 32 for d in model.inputs[0].shape[1:]]), dtype=np.float32)
    np.save(folder / "x.npy", x)
    options = freeze_options(frozen, how)
    subprocess.run([nv, "run", path, folder / "x.npy", "--format", "npz", "-o", folder / "out", "--force", "-q", *options],
                   check=True, stdout=subprocess.DEVNULL)
    if how == "output":
        masks = {}
        for name, channels in frozen.items():
            masks[name] = np.ones(model.get_layer(name).output.shape[-1], np.float32)
            masks[name][channels] = 0
        expected = masked(model, masks)(x, training=False)
    else:
        expected = masked(without_weights(model, frozen), {})(x, training=False)
    got = np.load(folder / "out" / "x" / "activations.npz")
    layers = max(worst(got[name][None], np.asarray(value)) for name, value in expected.items() if name in got)
    saved = folder / "mutant.keras"
    subprocess.run([nv, "mutate", path, "--save", saved, "-q", *options], check=True)
    again = np.asarray(keras.models.load_model(saved, compile=False)(x, training=False))
    return layers, worst(again, np.asarray(expected[model.layers[-1].name])), frozen


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", type=Path)
    parser.add_argument("--nv", default="build/release/bin/nv")
    parser.add_argument("--sets", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tolerance", type=float, default=1e-5)
    options = parser.parse_args()
    passed = failed = skipped = 0
    for path in options.models:
        try:
            model = keras.models.load_model(path, compile=False)
        except Exception:
            model = None
        if model is None or not is_flat(model):
            skipped += 1
            continue
        rng = np.random.default_rng(options.seed)
        for how in ("output", "weights"):
            for _ in range(options.sets):
                with tempfile.TemporaryDirectory() as folder:
                    result = check(options.nv, path, model, rng, how, Path(folder))
                if result is None:
                    continue
                layers, outputs, frozen = result
                good = layers <= options.tolerance and outputs <= options.tolerance
                passed, failed = passed + good, failed + (not good)
                if not good:
                    print(f"FAIL {path} as {how}: layer {layers:.2g}, saved {outputs:.2g}, {frozen}")
    print(f"{passed} passed, {failed} failed, {skipped} models skipped (not one input, one output, flat)")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
