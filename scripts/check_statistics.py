#!/usr/bin/env python3
"""Compares calibration (run --truth) and linear CKA (compare --model-b) of nv with NumPy on Keras's outputs.

    check_statistics.py --nv build/release/bin/nv [--inputs N]

LeNet-5 of examples/ with its held-out digits, and the same model with other filters frozen. Needs
scripts/requirements.txt. Exit 1 beyond a difference of 1e-4.
"""
import argparse
import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODEL = ROOT / "examples/models/lenet5-mnist.h5"
IMAGES, LABELS = ROOT / "examples/idx/kept-images-idx3-ubyte.gz", ROOT / "examples/idx/kept-labels-idx1-ubyte.gz"


def calibration(probabilities, labels):
    p = probabilities.astype(np.float64)
    confidence, right = p.max(1), p.argmax(1) == labels
    ece = 0
    for lo, hi in zip(np.linspace(0, 1, 16)[:-1], np.linspace(0, 1, 16)[1:]):
        inside = (confidence > lo) & (confidence <= hi)
        if inside.any():
            ece += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    one_hot = np.eye(p.shape[1])[labels]
    nll = float(keras.losses.CategoricalCrossentropy()(one_hot, p))
    return {"ece": ece, "nll": nll, "brier": ((p - one_hot) ** 2).sum(1).mean()}


def gram(x):
    x = x.reshape(len(x), -1).astype(np.float64)
    x = x - x.mean(0)
    return x @ x.T


def hsic(k, l):
    """Song et al. (2012), equation 5."""
    n, one = len(k), np.ones(len(k))
    k, l = k - np.diag(np.diag(k)), l - np.diag(np.diag(l))
    return (np.trace(k @ l) + (one @ k @ one) * (one @ l @ one) / ((n - 1) * (n - 2))
            - 2 / (n - 2) * (one @ k @ l @ one)) / (n * (n - 3))


def cka(x, y):
    k, l = gram(x), gram(y)
    norms = np.linalg.norm(k) * np.linalg.norm(l)
    return {"cka": (k * l).sum() / norms, "debiased": hsic(k, l) / np.sqrt(hsic(k, k) * hsic(l, l)),
            "chance": np.trace(k) * np.trace(l) / ((len(k) - 1) * norms)}


def compare(what, expected, got, tolerance=1e-4):
    worst = max(abs(expected[key] - got[key]) for key in expected)
    print(f"{'ok  ' if worst <= tolerance else 'FAIL'} {what}: largest difference {worst:.1e}")
    return worst <= tolerance


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nv", required=True)
    parser.add_argument("--inputs", type=int, default=300)
    options = parser.parse_args()
    x = np.frombuffer(gzip.decompress(IMAGES.read_bytes())[16:], np.uint8).reshape(-1, 28, 28, 1)
    x = x[: options.inputs] / np.float32(255)
    y = np.frombuffer(gzip.decompress(LABELS.read_bytes())[8:], np.uint8).astype(int)[: options.inputs]
    items = f"{IMAGES}#0-{options.inputs - 1}"

    def nv(*words):
        return json.loads(subprocess.run([options.nv, *map(str, words), "--json"], capture_output=True, text=True, check=True).stdout)

    model = keras.models.load_model(MODEL, compile=False)
    summary = nv("run", MODEL, items, "--truth", LABELS, "--layers", "none")["summary"]
    ok = compare("calibration", calibration(model.predict(x, verbose=0), y), summary["calibration"])
    with tempfile.TemporaryDirectory() as folder:
        changed = pathlib.Path(folder) / "b.keras"
        subprocess.run([options.nv, "mutate", MODEL, "--freeze", "conv1:0,3", "--freeze-as", "weights", "--save", changed, "-q"], check=True)
        layers = nv("compare", MODEL, items, "--model-b", changed)["summary"]["cka"]["layers"]
        both = [keras.models.load_model(file, compile=False) for file in (MODEL, changed)]
    traces = [keras.Model(m.inputs, [m.inputs[0]] + [l.output for l in m.layers if not isinstance(l, keras.layers.InputLayer)])
              .predict(x, verbose=0) for m in both]
    for layer, a, b in zip(layers, *traces, strict=True):
        ok = compare(layer["path"], cka(a, b), layer) and ok
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
