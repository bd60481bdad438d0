#!/usr/bin/env python3
"""Whole commands from start to exit, as a shell loop pays for them: nv beside h5dump and a script with Keras.

    bench/commands.py [--nv build/release/bin/nv] [--rounds 7] [--cores 2] [--write]

The models are LeNet-5 and VGG-12 of the examples and Keras's VGG16 without top with seeded random weights, kept in --work
(build/compare). The script with Keras is this file: it runs every layer and writes the maps of each as one picture.
Rounds are interleaved, medians are printed. What is not installed is left out: apt install hdf5-tools, pip install keras
tensorflow-cpu pillow."""

import argparse
import importlib.util
import os
import pathlib
import shutil
import statistics
import sys
import tempfile

import results

EXAMPLES = results.ROOT / "examples"


def make_vgg16(path):
    import keras

    keras.utils.set_random_seed(0)
    keras.applications.VGG16(weights=None, include_top=False, input_shape=(224, 224, 3)).save(path)


def keras_layers(path):
    import keras

    keras.models.load_model(path, compile=False).summary()


def keras_pictures(path, picture, folder):
    """A grey picture of the maps side by side per layer, each map scaled to its own range."""
    import keras
    import numpy as np
    from PIL import Image

    model = keras.models.load_model(path, compile=False)
    shape = model.inputs[0].shape[1:]
    image = Image.open(picture).convert("L" if shape[-1] == 1 else "RGB").resize(shape[1::-1])
    x = np.asarray(image, np.float32).reshape(1, *shape) / 255
    outputs = keras.Model(model.inputs, [layer.output for layer in model.layers])(x, training=False)
    for layer, y in zip(model.layers, outputs):
        y = np.asarray(y)[0]
        maps = y.transpose(2, 0, 1) if y.ndim == 3 else y.reshape(1, 1, -1)
        low, high = maps.min((1, 2), keepdims=True), maps.max((1, 2), keepdims=True)
        maps = (255 * (maps - low) / np.maximum(high - low, 1e-12)).astype(np.uint8)
        columns = int(np.ceil(np.sqrt(len(maps))))
        maps = np.pad(maps, ((0, -len(maps) % columns), (0, 1), (0, 1)))
        rows = [np.concatenate(list(maps[i:i + columns]), 1) for i in range(0, len(maps), columns)]
        Image.fromarray(np.concatenate(rows, 0)).save(f"{folder}/{layer.name}.png")


def cases(o, folder):
    """{what: {who: command}}"""
    keras = all(importlib.util.find_spec(m) for m in ("keras", "tensorflow", "PIL"))
    by_keras = lambda *arguments: {"Keras": [sys.executable, __file__, *arguments]} if keras else {}
    by_h5dump = lambda model: {"h5dump -n": ["h5dump", "-n", model]} if shutil.which("h5dump") else {}
    lenet, vgg12 = (EXAMPLES / "models" / f"{name}.h5" for name in ("lenet5-mnist", "vgg12-cifar10"))
    vgg16 = o.work / "vgg16-without-top.h5"
    if keras and not vgg16.exists():
        o.work.mkdir(parents=True, exist_ok=True)
        make_vgg16(vgg16)
    models = {"LeNet-5": (lenet, EXAMPLES / "digits" / "7_0293.png"), "VGG-12": (vgg12, next((EXAMPLES / "photos").glob("*.png")))}
    if vgg16.exists():
        models["VGG16 without top"] = (vgg16, models["VGG-12"][1])
    found = {"version": {"nv": [o.nv, "version"]}}
    for name, (model, _) in models.items():
        found[f"layers of {name}"] = {"nv": [o.nv, "inspect", model], **by_h5dump(model), **by_keras("--layers", model)}
    for name, (model, picture) in models.items():
        found[f"every layer of {name} as pictures"] = {
            "nv": [o.nv, "run", model, picture, "-o", f"{folder}/nv", "--force"],
            **by_keras("--pictures", model, picture, folder)}
    return found


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--nv", type=pathlib.Path, default=results.ROOT / "build/release/bin/nv")
    p.add_argument("--rounds", type=int, default=7)
    p.add_argument("--cores", type=int, default=2)
    p.add_argument("--work", type=pathlib.Path, default=results.ROOT / "build/compare")
    p.add_argument("--write", action="store_true", help="put the table into bench/RESULTS.md")
    p.add_argument("--layers", help=argparse.SUPPRESS)
    p.add_argument("--pictures", nargs=3, help=argparse.SUPPRESS)
    o = p.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if o.layers:
        return keras_layers(o.layers)
    if o.pictures:
        return keras_pictures(*o.pictures)
    with tempfile.TemporaryDirectory() as folder:
        commands = cases(o, folder)
        times = {what: {who: [] for who in by} for what, by in commands.items()}
        for _ in range(o.rounds):
            for what, by in commands.items():
                for who, command in by.items():
                    times[what][who].append(results.whole_process(command, o.cores))
    contestants = list(dict.fromkeys(who for by in commands.values() for who in by))
    table = ["| ms from start to exit (peak memory, MiB) | " + " | ".join(contestants) + " |",
             "|---|" + "---:|" * len(contestants)]
    for what, by in times.items():
        median = {who: [statistics.median(x) for x in zip(*rounds)] for who, rounds in by.items()}
        cells = (f"{median[w][0] * 1e3:,.0f} ({median[w][1]:.0f})" if w in median else "" for w in contestants)
        table.append(f"| {what} | " + " | ".join(cells) + " |")
    table = "\n".join(table)
    print(table)
    if o.write:
        results.write_section("Commands", f"""
`bench/commands.py`, {o.cores} cores, medians of {o.rounds} interleaved rounds; {results.environment(["keras", "tensorflow", "pillow"])}.

{table}
""")


if __name__ == "__main__":
    main()
