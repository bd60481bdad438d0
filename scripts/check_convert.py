#!/usr/bin/env python3
"""Converts model files with nv, loads the results with Keras 3 (and .h5 with tf_keras), and compares every output with the
expected numbers beside the file.

    check_convert.py [--nv build/release/bin/nv] FOLDER...

FOLDER (or a folder of such) holds model.h5 or model.keras, input.npz (keys 0, 1, ...) and expected.npz (output/I), as
tests/fixtures does. Exit 1 if an output is off by more than 1e-4 of its largest value (1e-3 for a model that computes in
half precision, which nv writes as float32), if a file does not load, or if none passed. Listed and counted apart: what nv
refuses to write (exit 4), what a file of Keras 3 holds that tf_keras lacks, and what TensorFlow does not run on a CPU
(most layers with channels first). Needs scripts/requirements.txt."""
import argparse, collections, glob, json, os, subprocess, sys, tempfile, zipfile

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import h5py
import numpy as np
import keras
import tf_keras


def folders(path):
    if os.path.exists(os.path.join(path, "expected.npz")):
        return [path]
    return sorted(os.path.dirname(f) for f in glob.glob(os.path.join(path, "*", "expected.npz")))


def outputs(module, file, inputs):
    model = module.models.load_model(file, compile=False)
    result = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    result = list(result.values()) if isinstance(result, dict) else result
    return [np.asarray(r) for r in (result if isinstance(result, (list, tuple)) else [result])]


def beyond(module, error, source, file):
    """Why the library cannot run this model; None if it should have worked."""
    if type(error).__name__ in ("UnimplementedError", "InvalidArgumentError"):
        return "not run on a CPU"
    if module is not tf_keras:
        return None
    with h5py.File(file) as h5:
        config = h5.attrs["model_config"]
    keras3_only = any(name in config for name in ("keras.src.ops", "__keras_tensor__", "query_shape"))
    return "not in tf_keras" if keras3_only or source.startswith("3") else None


def origin(model):
    """The version of Keras that wrote the file, and whether it computes in half precision."""
    if zipfile.is_zipfile(model):
        with zipfile.ZipFile(model) as archive:
            version, config = (archive.read(n).decode() for n in ("metadata.json", "config.json"))
            return json.loads(version)["keras_version"], "mixed_" in config
    with h5py.File(model) as file:
        text = lambda name: (lambda v: v.decode() if isinstance(v, bytes) else v)(file.attrs.get(name, ""))
        return text("keras_version"), "mixed_" in text("model_config")


def worst(got, expected, tolerance):
    if len(got) != len(expected):
        return f"{len(got)} outputs, expected {len(expected)}"
    error = 0.0
    for g, e in zip(got, expected):
        if g.shape != e.shape:
            return f"shape {g.shape}, expected {e.shape}"
        error = max(error, float(np.abs(g - e).max() / max(np.abs(e).max(), 1e-6)))
    return error if error > tolerance else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nv", default="build/release/bin/nv")
    parser.add_argument("folder", nargs="+")
    options = parser.parse_args()
    count = collections.Counter(passed=0, failed=0)
    for folder in [f for given in options.folder for f in folders(given)]:
        model = next((m for m in (os.path.join(folder, n) for n in ("model.h5", "model.keras")) if os.path.exists(m)), None)
        if model is None:
            continue
        data, expected = np.load(os.path.join(folder, "input.npz")), np.load(os.path.join(folder, "expected.npz"))
        inputs = [data[str(i)] for i in range(len(data.files))]
        wanted = [expected[f"output/{i}"] for i in range(sum(k.startswith("output/") for k in expected.files))]
        source, half = origin(model)
        for ending, modules in ((".h5", (keras, tf_keras)), (".keras", (keras,))):
            with tempfile.TemporaryDirectory() as out:
                file = os.path.join(out, "model" + ending)
                done = subprocess.run([options.nv, "convert", model, "-o", file], capture_output=True, text=True)
                if done.returncode == 4:
                    count["not written"] += 1
                    print(f"not written  {folder} {ending}: {done.stderr.splitlines()[0]}")
                    continue
                for module in modules:
                    reason, problem = None, done.stderr
                    try:
                        if done.returncode == 0:
                            problem = worst(outputs(module, file, inputs), wanted, 1e-3 if half else 1e-4)
                    except Exception as error:  # whatever the library throws for a file it cannot load
                        reason = beyond(module, error, source, file)
                        problem = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
                    count["passed" if problem is None else reason or "failed"] += 1
                    if problem is not None:
                        print(f"{reason or 'FAIL'}  {folder} {ending} in {module.__name__}: {str(problem)[:200]}")
    print(", ".join(f"{n} {what}" for what, n in count.items()))
    sys.exit(count["failed"] > 0 or count["passed"] == 0)


main()
