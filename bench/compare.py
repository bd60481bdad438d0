#!/usr/bin/env python3
"""Milliseconds per image of forward passes: nv beside onnxruntime, Keras, PyTorch, OpenVINO and ncnn.

    bench/compare.py [--nv build/release/bin/nv] [--models LeNet-5 ...] [--threads 1 2] [--batch 1 32] [--rounds 3] [--write]

Models have Keras's architecture and seeded random weights, and are kept in --work (build/compare) with their ONNX form.
Each contestant is a process of its own, pinned to as many cores as it may use threads, and times passes for --seconds after
a warm-up; rounds are interleaved, so that a busy machine slows all alike. What counts are the ratios to onnxruntime's final
output in the same round, of which the median is printed. --write puts the tables into bench/RESULTS.md, with the CPU and
the versions. What is not installed is left out: pip install keras tensorflow-cpu onnxruntime tf2onnx torch openvino ncnn pnnx
(pnnx converts for ncnn)."""

import argparse
import datetime
import importlib.metadata
import importlib.util
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODELS = ["LeNet-5", "VGG-12", "MobileNetV2", "EfficientNetB0", "ResNet50", "InceptionV3", "VGG16 without top"]
BASE = "onnxruntime"
CONTESTANTS = {  # name: (title, module that it needs)
    "nv": ("nv, every layer kept", None),
    "onnxruntime": ("onnxruntime, final output", "onnxruntime"),
    "onnxruntime-all": ("onnxruntime, every node's output", "onnxruntime"),
    "keras": ("Keras tf.function, final output", "tensorflow"),
    "torch": ("Keras on PyTorch, final output", "torch"),
    "openvino": ("OpenVINO, final output", "openvino"),
    "ncnn": ("ncnn, final output, images one by one", "ncnn"),
}


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


def keras_pass(path, batch, threads, backend):
    os.environ["KERAS_BACKEND"] = backend
    if backend == "tensorflow":
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        import keras

        model = keras.models.load_model(path, compile=False)
        x = tf.constant(image(model.inputs[0].shape[1:], batch))
        call = tf.function(lambda v: model(v, training=False))
        return lambda: call(x).numpy()
    import torch

    torch.set_num_threads(threads)
    import keras

    model = keras.models.load_model(path, compile=False)
    x = torch.from_numpy(image(model.inputs[0].shape[1:], batch))

    def call():
        with torch.inference_mode():
            return model(x, training=False)
    return call


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
    net.load_param(str(stem.with_suffix(".ncnn.param")))
    net.load_model(str(stem.with_suffix(".ncnn.bin")))
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
    """Prints the median of one contestant, in milliseconds per pass."""
    onnx, native = o.work / f"{o.worker_model}.onnx", o.work / f"{o.worker_model}.keras"
    run = {
        "onnxruntime": lambda: onnx_pass(onnx, o.batch[0], o.threads[0], False),
        "onnxruntime-all": lambda: onnx_pass(onnx, o.batch[0], o.threads[0], True),
        "keras": lambda: keras_pass(native, o.batch[0], o.threads[0], "tensorflow"),
        "torch": lambda: keras_pass(native, o.batch[0], o.threads[0], "torch"),
        "openvino": lambda: openvino_pass(onnx, o.batch[0], o.threads[0]),
        "ncnn": lambda: ncnn_pass(onnx, o.batch[0], o.threads[0]),
    }[o.worker]()
    print(json.dumps(time_passes(run, o.seconds)))


def measure(o, contestant, model, threads, batch):
    """Milliseconds per image; None if the contestant failed."""
    pin = ["taskset", "-c", f"0-{threads - 1}"]
    if contestant == "nv":
        command = [*pin, str(o.nv), "bench", str(o.work / f"{model}.keras"), "--batch", str(batch), "--threads", str(threads),
                   "--seconds", str(o.seconds), "--json", *(["--exact"] if o.exact else [])]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["ms_per_image"]
    command = [*pin, sys.executable, __file__, "--worker", contestant, "--worker-model", model, "--threads", str(threads),
               "--batch", str(batch), "--seconds", str(o.seconds), "--work", str(o.work)]
    done = subprocess.run(command, check=False, capture_output=True, text=True,
                          env={**os.environ, "OMP_NUM_THREADS": str(threads), "TF_CPP_MIN_LOG_LEVEL": "3"})
    if done.returncode != 0:
        print(f"{contestant}, {model}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'failed'}",
              file=sys.stderr)
        return None
    return json.loads(done.stdout.strip().splitlines()[-1]) / batch


# ------------------------------------------------------------------ the table
def table(results, models, contestants):
    """One row per contestant, one column per model: milliseconds per image, and the ratio to onnxruntime."""
    lines = ["| ms per image (ratio) | " + " | ".join(models) + " |", "|---|" + "---:|" * len(models)]
    for contestant in contestants:
        cells = []
        for model in models:
            rounds = [(r.get(contestant), r.get(BASE)) for r in results[model]]
            times = [t for t, _ in rounds if t]
            ratios = [t / b for t, b in rounds if t and b]
            cells.append("" if not times else f"{statistics.median(times):.3g}" +
                         (f" ({statistics.median(ratios):.2f})" if ratios and contestant != BASE else ""))
        lines.append(f"| {CONTESTANTS[contestant][0]} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def environment(contestants):
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    versions = [f"{m} {importlib.metadata.version(m)}" for m in sorted({CONTESTANTS[c][1] for c in contestants if CONTESTANTS[c][1]})
                if m != "tensorflow"]
    return ", ".join([cpu, *versions, datetime.date.today().isoformat()])


def write(text):
    path = ROOT / "bench" / "RESULTS.md"
    before = path.read_text()
    title = "## Forward passes\n"
    if title in before:
        begin = before.index(title)
        end = before.find("\n## ", begin + 1)
        before = before[:begin] + (before[end + 1:] if end > 0 else "")
    path.write_text(before.rstrip("\n") + "\n\n" + title + "\n" + text + "\n")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--nv", type=pathlib.Path, default=ROOT / "build/release/bin/nv")
    p.add_argument("--models", nargs="+", default=MODELS, choices=MODELS)
    p.add_argument("--contestants", nargs="+", default=list(CONTESTANTS), choices=list(CONTESTANTS))
    p.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    p.add_argument("--batch", nargs="+", type=int, default=[1, 32])
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--seconds", type=float, default=2)
    p.add_argument("--exact", action="store_true", help="nv with --exact")
    p.add_argument("--work", type=pathlib.Path, default=ROOT / "build/compare")
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
    contestants = [c for c in o.contestants if CONTESTANTS[c][1] is None or importlib.util.find_spec(CONTESTANTS[c][1])]
    text = f"`bench/compare.py`, {environment(contestants)}; medians of {o.rounds} interleaved rounds, in brackets the median " \
           f"ratio to onnxruntime's final output in the same round.\n"
    for threads in o.threads:
        for batch in o.batch:
            results = {model: [] for model in o.models}
            for _ in range(o.rounds):
                for model in o.models:
                    results[model].append({c: measure(o, c, model, threads, batch) for c in contestants})
            text += f"\n{threads} thread{'s' if threads > 1 else ''}, batch {batch}:\n\n{table(results, o.models, contestants)}\n"
            print(f"\n{threads} threads, batch {batch}\n{table(results, o.models, contestants)}",
                  flush=True)
    if o.write:
        write(text)


if __name__ == "__main__":
    main()
