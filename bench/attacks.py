#!/usr/bin/env python3
"""Images a second of FGSM and PGD: nv beside Foolbox, same model, images, eps and steps, one after the other.

    bench/attacks.py MODEL IMAGES.idx3.gz [--nv build/release/bin/nv] [--images 1000] [--rounds 5] [--write]

nv's time is that of its own --timings (reading and attacking, without starting the program), Foolbox's that of the
attack's call after one call to warm up, on one thread. Foolbox runs on what is installed of TensorFlow (through Keras)
and PyTorch (the same layers and weights as a torch model); pip install foolbox keras tensorflow torch. Rounds are
interleaved, so that a busy machine slows all alike; what counts are the ratios. Prints medians as a table in Markdown;
--write puts it into bench/RESULTS.md, with the CPU and the versions. The classes that both say are compared first."""

import argparse
import gzip
import json
import multiprocessing
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import time

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np

import results

EPS = 0.1
METHODS = {"fgsm": [], "pgd": ["--steps", "40"]}
TITLES = {"fgsm": "FGSM", "pgd": "PGD-40"}


def nv_run(options, method, threads):
    command = [options.nv, "attack", options.model, options.data, "--items", f"0-{options.images - 1}", "--method", method,
               "--eps", str(EPS), "--threads", str(threads), "--json", "--timings", *METHODS[method]]
    return json.loads(subprocess.run(command, check=False, capture_output=True, text=True).stdout)


def nv_rate(options, method, threads):
    return options.images / nv_run(options, method, threads)["timings"][0]["seconds"]


def digits(options):
    pixels = np.frombuffer(gzip.open(options.data).read()[16:], np.uint8)[: options.images * 784]
    return pixels.reshape(-1, 28, 28, 1).astype(np.float32) / 255


def keras_model(options):
    import keras

    model = keras.models.load_model(options.model, compile=False)
    model.layers[-1].activation = keras.activations.linear
    return model


def torch_model(options):
    """A Sequential model of convolutions, pooling and dense layers, as a torch module of (items, channels, rows, columns)."""
    import torch
    from torch import nn

    layers = []
    activations = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}
    flat = None  # rows and columns that were flattened, which torch orders otherwise
    for layer in keras_model(options).layers:
        kind, weights = type(layer).__name__, [torch.tensor(np.asarray(w)) for w in layer.get_weights()]
        if kind == "Conv2D":
            kernel = weights[0].permute(3, 2, 0, 1).contiguous()
            new = nn.Conv2d(kernel.shape[1], kernel.shape[0], tuple(kernel.shape[2:]), padding=layer.padding)
        elif kind in ("MaxPooling2D", "AveragePooling2D"):
            layers.append((nn.MaxPool2d if kind[0] == "M" else nn.AvgPool2d)(layer.pool_size))
            continue
        elif kind == "Flatten":
            layers.append(nn.Flatten())
            flat = layer.input.shape[1:]
            continue
        elif kind == "Dense":
            kernel = weights[0].T
            if flat:
                kernel = kernel.reshape(-1, *flat).permute(0, 3, 1, 2).reshape(kernel.shape)
                flat = None
            new = nn.Linear(kernel.shape[1], kernel.shape[0])
            kernel = kernel.contiguous()
        elif kind == "InputLayer":
            continue
        else:
            raise SystemExit(f"{kind}: no torch layer for it here")
        new.weight.data, new.bias.data = kernel, weights[1]
        layers.append(new)
        if layer.activation.__name__ in activations:
            layers.append(activations[layer.activation.__name__]())
    return nn.Sequential(*layers).eval()


def on_tensorflow(options):
    import foolbox
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    model = keras_model(options)
    return foolbox.TensorFlowModel(lambda x: model(x, training=False), bounds=(0, 1), device="/CPU:0"), tf.constant(digits(options))


def on_pytorch(options):
    import foolbox
    import torch

    torch.set_num_threads(1)
    return foolbox.PyTorchModel(torch_model(options), bounds=(0, 1), device="cpu"), torch.tensor(digits(options).transpose(0, 3, 1, 2))


def classes_of(model, images):
    import eagerpy

    return eagerpy.astensor(model(images)).argmax(-1).raw


def foolbox_rate(contestant, method):
    import foolbox

    model, images = contestant
    attack = {"fgsm": foolbox.attacks.LinfFastGradientAttack(), "pgd": foolbox.attacks.LinfPGD(steps=40)}[method]
    labels = classes_of(model, images)
    attack(model, images[:8], labels[:8], epsilons=EPS)
    start = time.perf_counter()
    attack(model, images, labels, epsilons=EPS)
    return len(images) / (time.perf_counter() - start)


class Contestant:
    """Foolbox on one framework, in a process of its own that stands still while others are measured."""

    def __init__(self, make, options):
        self.pipe, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=self.work, args=(make, options, theirs), daemon=True)
        self.process.start()
        theirs.close()
        self.classes = self.pipe.recv()  # or why there is none
        self.stop()

    @staticmethod
    def work(make, options, pipe):
        try:
            model, images = make(options)
        except ImportError as error:
            return pipe.send(str(error))
        pipe.send(classes_of(model, images).numpy().tolist())
        while True:
            pipe.send(foolbox_rate((model, images), pipe.recv()))

    def stop(self):
        if self.process.is_alive():
            os.kill(self.process.pid, signal.SIGSTOP)

    def rate(self, method):
        os.kill(self.process.pid, signal.SIGCONT)
        self.pipe.send(method)
        rate = self.pipe.recv()
        self.stop()
        return rate


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("--nv", default="build/release/bin/nv")
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="put the table into bench/RESULTS.md")
    options = parser.parse_args()

    said = [item["original"]["index"] for item in nv_run(options, "fgsm", 1)["inputs"]]
    contestants = {}
    for name, make in {"Foolbox on TensorFlow": on_tensorflow, "Foolbox on PyTorch": on_pytorch}.items():
        contestant = Contestant(make, options)
        if isinstance(contestant.classes, str):
            print(f"left out: {name} ({contestant.classes})", file=sys.stderr)
        elif contestant.classes != said:
            sys.exit(f"{name}: other classes than nv says: not the same model")
        else:
            contestants[name] = contestant

    rates = {}
    for _ in range(options.rounds):
        for method in METHODS:
            for threads in (1, 2):
                name = f"nv, {threads} thread{'s' * (threads > 1)}"
                rates.setdefault((method, name), []).append(nv_rate(options, method, threads))
            for name, contestant in contestants.items():
                rates.setdefault((method, f"{name}, 1 thread"), []).append(contestant.rate(method))
    table = ["| images a second | " + " | ".join(TITLES.values()) + " |", "|---|" + "---:|" * len(METHODS)]
    for who in dict.fromkeys(name for _, name in rates):
        table.append(f"| {who} | " + " | ".join(f"{statistics.median(rates[method, who]):,.0f}" for method in METHODS) + " |")
    for contestant in contestants.values():
        contestant.process.kill()
    for name in contestants:
        ratio = [statistics.median(a / b for a, b in zip(rates[m, "nv, 1 thread"], rates[m, f"{name}, 1 thread"])) for m in METHODS]
        table.append(f"| nv / {name}, 1 thread each | " + " | ".join(f"{r:.1f} x" for r in ratio) + " |")
    table = "\n".join(table)
    print(table)
    if options.write:
        results.write_section("Attacks", f"""
`bench/attacks.py {pathlib.Path(options.model).name} {pathlib.Path(options.data).name}`, {options.images} images, eps {EPS}, medians of
{options.rounds} interleaved rounds; {results.environment(["foolbox", "tensorflow", "keras", "torch"])}.

{table}
""")


if __name__ == "__main__":
    main()
