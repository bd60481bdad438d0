#!/usr/bin/env python3
"""Images a second of FGSM and PGD: nv beside Foolbox, same model, images, eps and steps, one after the other.

    bench/attacks.py MODEL IMAGES.idx3.gz [--nv build/release/bin/nv] [--images 1000] [--rounds 3]

nv's time is that of its own --timings (reading and attacking, without starting the program), Foolbox's that of the
attack's call after one call to warm up. Foolbox (pip install foolbox) runs on TensorFlow through Keras, on one thread;
without it nv is timed alone. Prints medians as a table in Markdown."""

import argparse
import gzip
import json
import os
import statistics
import subprocess
import time

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np

EPS = 0.1
METHODS = {"fgsm": [], "pgd": ["--steps", "40"]}


def nv_rate(options, method, threads):
    command = [options.nv, "attack", options.model, options.data, "--items", f"0-{options.images - 1}", "--method", method,
               "--eps", str(EPS), "--threads", str(threads), "--json", "--timings", *METHODS[method]]
    document = json.loads(subprocess.run(command, check=False, capture_output=True, text=True).stdout)
    return options.images / document["timings"][0]["seconds"]


def foolbox_rates(options):
    """A function from a method to images a second; None where Foolbox is not there."""
    try:
        import foolbox
        import keras
        import tensorflow as tf
    except ImportError:
        return None
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    model = keras.models.load_model(options.model, compile=False)
    model.layers[-1].activation = keras.activations.linear
    wrapped = foolbox.TensorFlowModel(lambda x: model(x, training=False), bounds=(0, 1), device="/CPU:0")
    pixels = np.frombuffer(gzip.open(options.data).read()[16:], np.uint8)[: options.images * 784]
    x = tf.constant(pixels.reshape(-1, 28, 28, 1).astype(np.float32) / 255)
    labels = tf.argmax(model(x), axis=-1)
    attacks = {"fgsm": foolbox.attacks.LinfFastGradientAttack(), "pgd": foolbox.attacks.LinfPGD(steps=40)}

    def rate(method):
        attacks[method](wrapped, x[:8], labels[:8], epsilons=EPS)
        start = time.perf_counter()
        attacks[method](wrapped, x, labels, epsilons=EPS)
        return options.images / (time.perf_counter() - start)

    return rate


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("--nv", default="build/release/bin/nv")
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    foolbox_rate = foolbox_rates(options)
    rates = {}
    for _ in range(options.rounds):
        for method in METHODS:
            for threads in (1, 2):
                rates.setdefault((method, f"nv, {threads} thread{'s' * (threads > 1)}"), []).append(nv_rate(options, method, threads))
            if foolbox_rate:
                rates.setdefault((method, "Foolbox on TensorFlow, 1 thread"), []).append(foolbox_rate(method))
    print("| images a second | " + " | ".join(METHODS) + " |\n|---|" + "---|" * len(METHODS))
    for who in dict.fromkeys(name for _, name in rates):
        print(f"| {who} | " + " | ".join(f"{statistics.median(rates[method, who]):.0f}" for method in METHODS) + " |")


if __name__ == "__main__":
    main()
