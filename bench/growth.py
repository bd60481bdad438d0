#!/usr/bin/env python3
"""How time and memory of a pass grow with the input's size, depth, batch and threads: nv beside onnxruntime, as figures.

    bench/growth.py [--nv build/release/bin/nv] [--plot build/release/bin/growth_plot] [--rounds 3] [--write]

The model is a chain of 3 x 3 convolutions of 32 filters with ReLU, global pooling and a Dense layer, with seeded random
weights. One thing grows, the others stay at 64 x 64, 8 convolutions, batch 1, one thread. nv keeps every layer's output,
onnxruntime the final one. --write puts the figures, drawn by nv, and their numbers into bench/growth and RESULTS.md.
Needs the packages of bench/compare.py."""

import argparse
import os
import pathlib
import statistics
import subprocess

import compare
import results

FOLDER = results.ROOT / "bench" / "growth"
USUAL = {"size": 64, "depth": 8, "batch": 1, "threads": 1}
VALUES = {"size": [16, 32, 64, 128, 256, 512], "depth": [2, 4, 8, 16, 32, 64], "batch": [1, 2, 4, 8, 16, 32, 64],
          "threads": [n for n in (1, 2, 4, 8, 16) if n <= len(os.sched_getaffinity(0))]}
AXES = {"size": "height and width of the input", "depth": "convolutions", "batch": "inputs per pass", "threads": "threads"}
WHO = {"nv": "nv, every layer kept", "onnxruntime": "onnxruntime, final output"}
WHAT = {"time": "ms per pass", "memory": "peak memory of the process, MiB"}


def model_of(folder, size, depth):
    """The name of the model, which is made if it is not there."""
    name = f"chain-{size}-{depth}"
    if (folder / f"{name}.onnx").exists():
        return name
    import keras
    import numpy as np

    keras.utils.set_random_seed(0)
    layers = keras.layers
    model = keras.Sequential([layers.Input((size, size, 3)),
                              *(layers.Conv2D(32, 3, padding="same", activation="relu") for _ in range(depth)),
                              layers.GlobalAveragePooling2D(), layers.Dense(10)])
    model(np.zeros((1, size, size, 3), "float32"))
    model.save(folder / f"{name}.keras")
    model.export(folder / f"{name}.onnx", format="onnx", verbose=False)
    return name


def measure(o, axis):
    """{who: [(x, ms per pass, MiB)]}, medians of interleaved rounds."""
    found = {who: [] for who in WHO}
    for x in VALUES[axis]:
        at = {**USUAL, axis: x}
        name = model_of(o.work, at["size"], at["depth"])
        rounds = [{who: compare.measure(o, who, name, at["threads"], at["batch"]) for who in WHO} for _ in range(o.rounds)]
        for who in WHO:
            ms, memory = (statistics.median(r[who][i] for r in rounds) for i in range(2))
            found[who].append((x, ms * at["batch"], memory))
    return found


def draw(o, axis, found):
    FOLDER.mkdir(exist_ok=True)
    for column, (what, label) in enumerate(WHAT.items(), 1):
        table = "".join(f"{WHO[who]}\t{p[0]}\t{p[column]}\n" for who, points in found.items() for p in points)
        figure = subprocess.run([o.plot, f"{what.capitalize()} by {AXES[axis]}", AXES[axis], label], input=table, text=True,
                                check=True, capture_output=True).stdout
        (FOLDER / f"{axis}-{what}.svg").write_text(figure)


def text_of(axis, found):
    cells = lambda values: " | ".join(values)
    lines = [f"| {AXES[axis]} | {cells(str(p[0]) for p in found['nv'])} |", "|---|" + "---:|" * len(found["nv"])]
    for column, label in enumerate(WHAT.values(), 1):
        for who, points in found.items():
            lines.append(f"| {WHO[who]}: {label} | {cells(f'{p[column]:.3g}' for p in points)} |")
    return "\n".join(lines) + f"\n\n![time](growth/{axis}-time.svg) ![memory](growth/{axis}-memory.svg)\n"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--nv", type=pathlib.Path, default=results.ROOT / "build/release/bin/nv")
    p.add_argument("--plot", type=pathlib.Path, default=results.ROOT / "build/release/bin/growth_plot")
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--seconds", type=float, default=0.5)
    p.add_argument("--work", type=pathlib.Path, default=results.ROOT / "build/compare")
    p.add_argument("--write", action="store_true", help="put figures and numbers into bench/growth and bench/RESULTS.md")
    o = p.parse_args()
    o.gradient = o.exact = False
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    o.work.mkdir(parents=True, exist_ok=True)
    text = f"`bench/growth.py`, {results.environment(['keras', 'onnxruntime'])}; medians of {o.rounds} interleaved rounds.\n"
    for axis in VALUES:
        found = measure(o, axis)
        print(text_of(axis, found), flush=True)
        text += f"\n{text_of(axis, found)}"
        if o.write:
            draw(o, axis, found)
    if o.write:
        results.write_section("Growth", text)


if __name__ == "__main__":
    main()
