#!/usr/bin/env python3
"""Milliseconds per image and peak memory of passes: nv beside onnxruntime, Keras, PyTorch, OpenVINO and ncnn.

    bench/compare.py [--nv build/release/bin/nv] [--models LeNet-5 ...] [--threads 1 2] [--batch 1 32] [--rounds 3] [--write]
    bench/compare.py --gradient ...    of a forward pass and the gradient of the first output to the inputs

Models have Keras's architecture and seeded random weights, and are kept in --work (build/compare) with their ONNX form.
Each contestant is a process of its own, pinned to as many cores as it may use threads, and times passes for --seconds after
a warm-up; rounds are interleaved, so that a busy machine slows all alike. What counts are the ratios to onnxruntime's final
output in the same round (for gradients, to Keras's), of which the median is printed. Peak memory is that of the process,
with its interpreter and the model. --write puts the tables into bench/RESULTS.md, with the CPU and
the versions. What is not installed is left out: pip install keras tensorflow-cpu onnxruntime tf2onnx torch openvino ncnn pnnx
(pnnx converts for ncnn)."""

import argparse
import importlib.util
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import time

import results

MODELS = ["LeNet-5", "VGG-12", "MobileNetV2", "EfficientNetB0", "ResNet50", "InceptionV3", "VGG16 without top"]
CONTESTANTS = {  # name: (title, module that it needs)
    "nv": ("nv, every layer kept", None),
    "onnxruntime": ("onnxruntime, final output", "onnxruntime"),
    "onnxruntime-all": ("onnxruntime, every node's output", "onnxruntime"),
    "keras": ("Keras tf.function, final output", "tensorflow"),
    "torch": ("Keras on PyTorch, final output", "torch"),
    "openvino": ("OpenVINO, final output", "openvino"),
    "ncnn": ("ncnn, final output, images one by one", "ncnn"),
}
WITH_GRADIENTS = {"nv": "nv", "keras": "Keras tf.function", "torch": "Keras on PyTorch"}


# ------------------------------------------------------------------ models
def vgg12(layers, models):
    """The VGG-12 of the examples with 32, 64, 128 and 256 filters."""
    x = first = layers.Input((32, 32, 3))
    for filters in (32, 64, 128, 256):
        for _ in range(2):
            x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    for units in (256, 128, 64):
        x = layers.Dense(units, activation="relu")(x)
    return models.Model(first, layers.Dense(10, activation="softmax")(x))


def lenet(layers, models):
    return models.Sequential([
        layers.Input((28, 28, 1)), layers.Conv2D(6, 5, padding="same", activation="relu"), layers.MaxPooling2D(),
        layers.Conv2D(16, 5, activation="relu"), layers.MaxPooling2D(), layers.Flatten(),
        layers.Dense(120, activation="relu"), layers.Dense(84, activation="relu"), layers.Dense(10, activation="softmax")])


def build(name, folder):
    """Writes NAME.keras and NAME.onnx."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras
    import numpy as np

    keras.utils.set_random_seed(0)
    if name == "LeNet-5":
        model = lenet(keras.layers, keras.models)
    elif name == "VGG-12":
        model = vgg12(keras.layers, keras.models)
    elif name == "VGG16 without top":
        model = keras.applications.VGG16(weights=None, include_top=False, input_shape=(224, 224, 3))
    else:
        model = getattr(keras.applications, name)(weights=None)
    model(np.zeros((1, *model.inputs[0].shape[1:]), "float32"))
    model.save(folder / f"{name}.keras")
    if importlib.util.find_spec("tf2onnx"):
        model.export(folder / f"{name}.onnx", format="onnx", verbose=False)


def convert_for_ncnn(onnx, shape):
    """Writes the model's .ncnn.param and .ncnn.bin, in float32, into a folder beside it. Returns their common path."""
    folder = onnx.with_suffix(".ncnn")
    stem = folder / "model"
    if not stem.with_suffix(".ncnn.param").exists():
        folder.mkdir(exist_ok=True)
        stem.with_suffix(".onnx").write_bytes(onnx.read_bytes())
        pnnx = pathlib.Path(importlib.util.find_spec("pnnx").origin).parent / "pnnx"
        sizes = ",".join(str(n) for n in (1, *shape))
        subprocess.run([pnnx, "model.onnx", f"inputshape=[{sizes}]", "fp16=0"], cwd=folder, check=True, capture_output=True)
    return stem


# ------------------------------------------------------------------ contestants: each returns a function that runs a pass
def image(shape, batch):
    import numpy as np

    return np.random.default_rng(0).random((batch, *shape), dtype=np.float32)


def onnx_pass(path, batch, threads, every):
    import onnx
    import onnxruntime

    model = onnx.load(path)
    if every:
        model.graph.output.extend(
            onnx.ValueInfoProto(name=o) for n in model.graph.node for o in n.output
            if o not in {v.name for v in model.graph.output})
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    port = session.get_inputs()[0]
    x = image([s if isinstance(s, int) else 224 for s in port.shape[1:]], batch)
    return lambda: session.run(None, {port.name: x})


def keras_pass(path, batch, threads, backend, gradient):
    os.environ["KERAS_BACKEND"] = backend
    if backend == "tensorflow":
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        import keras

        model = keras.models.load_model(path, compile=False)
        x = tf.constant(image(model.inputs[0].shape[1:], batch))

        def first_output_and_gradient(v):
            with tf.GradientTape() as tape:
                tape.watch(v)
                y = tf.reduce_sum(tf.reshape(model(v, training=False), (batch, -1))[:, 0])
            return tape.gradient(y, v)

        call = tf.function(first_output_and_gradient if gradient else lambda v: model(v, training=False))
        return lambda: call(x).numpy()
    import torch

    torch.set_num_threads(threads)
    import keras

    model = keras.models.load_model(path, compile=False)
    x = torch.from_numpy(image(model.inputs[0].shape[1:], batch))

    def forward():
        with torch.inference_mode():
            return model(x, training=False)

    def with_gradient():
        v = x.clone().requires_grad_()
        model(v, training=False).reshape(batch, -1)[:, 0].sum().backward()
        return v.grad
    return with_gradient if gradient else forward


def openvino_pass(path, batch, threads):
    import openvino

    core = openvino.Core()
    model = core.read_model(path)
    shape = [batch, *[d.get_length() if d.is_static else 224 for d in list(model.inputs[0].partial_shape)[1:]]]
    model.reshape(shape)
    request = core.compile_model(model, "CPU", {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY"})
    x = image(shape[1:], batch)
    return lambda: request(x)


def ncnn_pass(path, batch, threads):
    import ncnn
    import onnx

    sizes = onnx.load(path, load_external_data=False).graph.input[0].type.tensor_type.shape.dim[1:]
    shape = [d.dim_value or 224 for d in sizes]
    stem = convert_for_ncnn(path, shape)
    net = ncnn.Net()
    net.opt.num_threads = threads
    if net.load_param(str(stem.with_suffix(".ncnn.param"))) != 0 or net.load_model(str(stem.with_suffix(".ncnn.bin"))) != 0:
        raise RuntimeError("has layers that ncnn does not know")
    images = [ncnn.Mat(x) for x in image(shape, batch)]

    def call():
        for x in images:
            with net.create_extractor() as extractor:
                extractor.input("in0", x)
                extractor.extract("out0")
    return call


def time_passes(run, seconds):
    for _ in range(3):
        run()
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        begin = time.perf_counter()
        run()
        times.append(time.perf_counter() - begin)
    return statistics.median(times) * 1e3


def worker(o):
    """Prints what measure returns for one contestant."""
    onnx, native = o.work / f"{o.worker_model}.onnx", o.work / f"{o.worker_model}.keras"
    run = {
        "onnxruntime": lambda: onnx_pass(onnx, o.batch[0], o.threads[0], False),
        "onnxruntime-all": lambda: onnx_pass(onnx, o.batch[0], o.threads[0], True),
        "keras": lambda: keras_pass(native, o.batch[0], o.threads[0], "tensorflow", o.gradient),
        "torch": lambda: keras_pass(native, o.batch[0], o.threads[0], "torch", o.gradient),
        "openvino": lambda: openvino_pass(onnx, o.batch[0], o.threads[0]),
        "ncnn": lambda: ncnn_pass(onnx, o.batch[0], o.threads[0]),
    }[o.worker]()
    ms = time_passes(run, o.seconds) / o.batch[0]
    print(json.dumps([ms, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))


def measure(o, contestant, model, threads, batch):
    """Milliseconds per image and peak memory in MiB; None if the contestant failed."""
    pin = ["taskset", "-c", f"0-{threads - 1}"]
    gradient = ["--gradient"] if o.gradient else []
    if contestant == "nv":
        command = [*pin, str(o.nv), "bench", str(o.work / f"{model}.keras"), "--batch", str(batch), "--threads", str(threads),
                   "--seconds", str(o.seconds), "--json", *gradient, *(["--exact"] if o.exact else [])]
        said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        return said["ms_per_image"], said["peak_rss"] / 2**20
    command = [*pin, sys.executable, __file__, "--worker", contestant, "--worker-model", model, "--threads", str(threads),
               "--batch", str(batch), "--seconds", str(o.seconds), "--work", str(o.work), *gradient]
    done = subprocess.run(command, check=False, capture_output=True, text=True,
                          env={**os.environ, "OMP_NUM_THREADS": str(threads), "TF_CPP_MIN_LOG_LEVEL": "3"})
    if done.returncode != 0:
        print(f"{contestant}, {model}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'failed'}",
              file=sys.stderr)
        return None
    return json.loads(done.stdout.strip().splitlines()[-1])


# ------------------------------------------------------------------ the tables
def time_cell(rounds, contestant, base):
    times = [r[contestant][0] for r in rounds if r[contestant]]
    ratios = [r[contestant][0] / r[base][0] for r in rounds if r[contestant] and r.get(base)]
    ratio = f" ({statistics.median(ratios):.2f})" if ratios and contestant != base else ""
    return f"{statistics.median(times):.3g}{ratio}" if times else ""


def memory_cell(rounds, contestant):
    sizes = [r[contestant][1] for r in rounds if r[contestant]]
    return f"{statistics.median(sizes):.0f}" if sizes else ""


def table(head, cell, rounds, titles):
    """One row per contestant, one column per model."""
    lines = [f"| {head} | " + " | ".join(rounds) + " |", "|---|" + "---:|" * len(rounds)]
    for contestant, title in titles.items():
        lines.append(f"| {title} | " + " | ".join(cell(rounds[model], contestant) for model in rounds) + " |")
    return "\n".join(lines)


def tables_of(o, titles, threads, batch):
    """Measures; the table of times, and for one thread that of memory."""
    base = "keras" if o.gradient else "onnxruntime"
    rounds = {model: [] for model in o.models}
    for _ in range(o.rounds):
        for model in o.models:
            rounds[model].append({c: measure(o, c, model, threads, batch) for c in titles})
    text = f"{threads} thread{'s' if threads > 1 else ''}, batch {batch}:\n\n"
    text += table("ms per image (ratio)", lambda r, c: time_cell(r, c, base), rounds, titles) + "\n"
    if threads == 1:
        text += "\n" + table("peak memory, MiB", memory_cell, rounds, titles) + "\n"
    return text


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--nv", type=pathlib.Path, default=results.ROOT / "build/release/bin/nv")
    p.add_argument("--models", nargs="+", default=MODELS, choices=MODELS)
    p.add_argument("--contestants", nargs="+", default=list(CONTESTANTS), choices=list(CONTESTANTS))
    p.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    p.add_argument("--batch", nargs="+", type=int, default=[1, 32])
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--seconds", type=float, default=2)
    p.add_argument("--gradient", action="store_true")
    p.add_argument("--exact", action="store_true", help="nv with --exact")
    p.add_argument("--work", type=pathlib.Path, default=results.ROOT / "build/compare")
    p.add_argument("--write", action="store_true", help="put the tables into bench/RESULTS.md")
    p.add_argument("--worker", help=argparse.SUPPRESS)
    p.add_argument("--worker-model", help=argparse.SUPPRESS)
    p.add_argument("--build", help=argparse.SUPPRESS)
    o = p.parse_args()
    if o.build:
        return build(o.build, o.work)
    if o.worker:
        return worker(o)
    o.work.mkdir(parents=True, exist_ok=True)
    for model in o.models:
        if not (o.work / f"{model}.keras").exists():
            subprocess.run([sys.executable, __file__, "--build", model, "--work", str(o.work)], check=True, capture_output=True)
    known = WITH_GRADIENTS if o.gradient else {c: title for c, (title, _) in CONTESTANTS.items()}
    titles = {c: known[c] for c in o.contestants
              if c in known and (CONTESTANTS[c][1] is None or importlib.util.find_spec(CONTESTANTS[c][1]))}
    packages = [CONTESTANTS[c][1] for c in titles if CONTESTANTS[c][1]]
    text = f"`bench/compare.py{' --gradient' if o.gradient else ''}`, {results.environment(['keras', *packages])}; medians of " \
           f"{o.rounds} interleaved rounds, in brackets the median ratio to {'Keras' if o.gradient else 'onnxruntime'}'s " \
           f"{'' if o.gradient else 'final output '}in the same round.\n"
    for threads in o.threads:
        for batch in o.batch:
            tables = tables_of(o, titles, threads, batch)
            print(f"\n{tables}", flush=True)
            text += f"\n{tables}"
    if o.write:
        results.write_section("Gradients" if o.gradient else "Forward passes", text)


if __name__ == "__main__":
    main()
