#!/usr/bin/env python3
"""Builds small models of every layer kind with many options in Keras 3 (.keras and .h5) and tf_keras (.h5), and compares
nv's layers, outputs and gradients with Keras's.

    check_layers.py [--nv build/release/bin/nv] [--only TEXT] [--sample N --seed S] [--keep DIR] [--convert]

A case passes if every layer is within 1e-5 of its largest value, and every gradient within 1e-4 of its largest value; in
mixed precision, where Keras rounds to half, 1e-2. The second of two items has values on a grid, so that kinks and ties
occur. Cases that nv does not support must end with exit code 4, and are counted as refused. --sample N takes N of the
cases, chosen by --seed. With --convert each model is also written by nv convert, in both formats, and loaded with Keras 3
(and if tf_keras wrote it, the .h5 with tf_keras): it must give the same outputs, or nv must refuse to write it with exit
code 4. What a library itself refuses to build is skipped; --verbose prints why. Exit 1 if a case failed or none passed.
Needs scripts/requirements.txt."""
import argparse, collections, itertools, json, logging, os, pathlib, random, subprocess, sys, tempfile

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import h5py
import numpy as np
import keras
import tensorflow as tf
import tf_keras

import model_cases  # noqa: F401  (these two add their cases)
import operation_cases  # noqa: F401
from layer_cases import CASES
from make_fixtures import randomize, seeded, watch

FORMATS = [(keras, (".keras", ".h5")), (tf_keras, (".h5", ".keras"))]


def in_order(values):
    """What a model takes or gives, as nv orders it."""
    if isinstance(values, dict):
        return [values[key] for key in sorted(values)]
    return list(values) if isinstance(values, (list, tuple)) else [values]


def make_input(tensor, rng, case):
    shape = (2, *(n or 5 for n in tensor.shape[1:]))
    if "int" in str(tensor.dtype):
        return rng.integers(0, case.below, shape).astype("f4")
    x = rng.normal(0, case.spread, shape)
    if case.ties:
        x[1] = rng.integers(-8, 9, shape[1:]) / 2
    return (np.abs(x) + 0.25 if case.positive else x).astype("f4")


def expected(net, inputs, case):
    """(arrays for nv verify, the weights of the outputs, gradients to the inputs)"""
    record = watch(net)
    xs = [tf.constant(x) for x in inputs]

    def run():
        record.clear()
        with tf.GradientTape() as tape:
            tape.watch(xs)
            typed = [tf.cast(x, t.dtype) if "int" in str(t.dtype) else x for x, t in zip(xs, in_order(net.inputs))]
            ys = in_order(net(tf.nest.pack_sequence_as(structure(net), typed), training=False))
            weights = [np.cos(np.arange(np.prod(y.shape), dtype="f8")).astype("f4").reshape(y.shape) for y in ys]
            total = tf.add_n([tf.reduce_sum(tf.cast(y, "float32") * w) for y, w in zip(ys, weights)])
        layers = [y for path, kind, y in record]
        return layers, ys, weights, tape.gradient(total, xs, unconnected_gradients="zero") if case.gradient else []

    try:
        layers, ys, weights, gradients = run()
    except (tf.errors.UnimplementedError, tf.errors.InvalidArgumentError):  # channels_first: only XLA has it here
        layers, ys, weights, gradients = tf.function(run, jit_compile=True)()
    arrays = {f"output/{i}": np.asarray(y, "f4") for i, y in enumerate(ys)}
    for (path, kind, _), y in zip(record, layers):
        if not isinstance(y, (list, tuple)):
            arrays[f"layer/{path}"] = np.asarray(y, "f4")
    return arrays, [np.asarray(w) for w in weights], [np.asarray(g, "f4") for g in gradients]


def xla_if_needed(net, inputs):
    try:
        return net(inputs, training=False)
    except (tf.errors.UnimplementedError, tf.errors.InvalidArgumentError):
        return tf.function(lambda x: net(x, training=False), jit_compile=True)(inputs)


def structure(net):
    """Inputs packed as the model takes them."""
    return net._inputs_struct if hasattr(net, "_inputs_struct") else net._nested_inputs


def keras3_alone(file):
    """Whether a converted .h5 holds what tf_keras does not have: operations, calls with tensors by name."""
    with h5py.File(file) as h5:
        text = h5.attrs["model_config"]
    return "keras.src.ops" in text or "__keras_tensor__" in text or "query_shape" in text


class Check:
    def __init__(self, options):
        self.options, self.passed, self.failed, self.refused, self.skipped = options, 0, 0, 0, 0
        self.converted, self.not_written = 0, []

    def nv(self, *args):
        return subprocess.run([self.options.nv, *map(str, args)], capture_output=True, text=True)

    def outputs(self, model, reference, tolerance):
        done = self.nv("verify", model, reference, "--tolerance", tolerance, "--json")
        if done.returncode > 1:
            return done.stderr.splitlines()[0] if done.stderr else f"exit {done.returncode}"
        bad = [layer for layer in json.loads(done.stdout)["layers"] if not layer["ok"]]
        bad.sort(key=lambda layer: layer["key"])
        return "; ".join(f"{b['key']}: {b.get('problem') or b['relative_error']}" for b in bad[:3])

    def gradients(self, model, folder, wanted, tolerance):
        out = folder / "gradient"
        done = self.nv("explain", model, folder / "input.npz", "--method", "gradient", "--of", folder / "weights.npz",
                       "-o", out, "--format", "npz", "--json", "-q", "--force")
        if done.returncode:
            return done.stderr.splitlines()[0] if done.stderr else f"exit {done.returncode}"
        for b, item in enumerate(json.loads(done.stdout)["inputs"]):
            got = np.load(out / item["files"]["npz"])
            for i, whole in enumerate(wanted):
                g, w = got[str(i)].astype("f8"), whole[b].astype("f8")
                if not np.array_equal(np.isnan(g), np.isnan(w)):
                    return f"NaN in the gradient of item {b} to input {i}, or none where Keras has one"
                error = np.nanmax(np.abs(g - w), initial=0) / max(np.nanmax(np.abs(w), initial=0), 1e-6)
                if error > tolerance:
                    return f"gradient of item {b} to input {i} is off by {error:.1e}"
        return ""

    def convert(self, model, folder, wanted, inputs, tolerance):
        """What is wrong with what nv convert makes of it; "" where nothing."""
        for ending in ".h5", ".keras":
            file = folder / f"converted{ending}"
            done = self.nv("convert", model, "-o", file)
            if done.returncode == 4:
                self.not_written.append(done.stderr.splitlines()[0].split(": ", 3)[-1])
                return ""
            if done.returncode:
                lines = done.stderr.splitlines() or [f"exit {done.returncode}"]
                return f"convert to {ending}: {lines[0]}"
            modules = [keras] if ending == ".keras" or keras3_alone(file) else [keras, tf_keras]
            for module in modules:
                try:
                    net = module.models.load_model(file, compile=False)
                    given = inputs if len(inputs) > 1 else inputs[0]
                    got = in_order(xla_if_needed(net, given))
                except Exception as error:  # whatever the library throws at a file that it does not like
                    return f"{ending} in {module.__name__}: {type(error).__name__}: {str(error)[-300:]!r}"
                if len(got) != len(wanted):
                    return f"{ending} in {module.__name__}: {len(got)} outputs of {len(wanted)}"
                for g, w in zip(got, wanted):
                    g = np.asarray(g, "f4")
                    if g.shape != w.shape or not np.allclose(
                            g, w, rtol=0, atol=tolerance * max(np.nanmax(np.abs(w), initial=0), 1e-6), equal_nan=True):
                        return f"{ending} in {module.__name__}: gives other numbers"
        self.converted += 1
        return ""

    def compare(self, name, model, folder, numbers, inputs, case):
        arrays, weights, gradients = numbers
        np.savez(folder / "reference.npz", **arrays, **{f"input/{i}": x for i, x in enumerate(inputs)})
        np.savez(folder / "input.npz", **{str(i): x for i, x in enumerate(inputs)})
        np.savez(folder / "weights.npz", **{str(i): w for i, w in enumerate(weights)})
        if case.refused:
            done = self.nv("verify", model, folder / "reference.npz")
            if done.returncode != 4:
                self.failed += 1
                print(f"FAIL {name}: exit {done.returncode} where it is expected not to be supported", flush=True)
            self.refused += done.returncode == 4
            return
        found = self.outputs(model, folder / "reference.npz", 1e-2 if case.mixed else 1e-5)
        found = found or self.gradients(model, folder, gradients, 5e-2 if case.mixed else 1e-4)
        if found:
            self.failed += 1
            print(f"FAIL {name}: {found}", flush=True)
            return
        if self.options.convert:
            outputs = [arrays[f"output/{i}"] for i in range(len(weights))]
            if found := self.convert(model, folder, outputs, inputs, 1e-2 if case.mixed else 1e-4):
                self.failed += 1
                print(f"FAIL {name}: converted: {found}", flush=True)
                return
        self.passed += 1

    def case(self, case, module, endings, folder):
        names = [(ending, f"{module.__name__}{ending} {case.name}") for ending in endings]
        names = [(ending, name) for ending, name in names if self.options.only in name]
        if not names:
            return
        module.backend.clear_session()
        folder = folder / f"{module.__name__} {case.name}".replace("/", "_")[:120]
        folder.mkdir(parents=True, exist_ok=True)
        try:
            module.utils.set_random_seed(0)
            net = case.build(module, module.layers)
            rng = seeded(case.name)
            randomize(net, rng)
            for ending, _ in names:
                net.save(folder / f"model{ending}")
            inputs = [make_input(t, rng, case) for t in in_order(net.inputs)]
            numbers = expected(net, inputs, case)
        except Exception as error:  # whatever the library throws at options that it does not have
            self.skipped += 1
            if self.options.verbose:
                lines = str(error).strip().splitlines() or [""]
                print(f"skip {names[0][1]}: {type(error).__name__}: {lines[0][:150]}", flush=True)
            return
        for ending, name in names:
            self.compare(name, folder / f"model{ending}", folder, numbers, inputs, case)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nv", default="build/release/bin/nv")
    parser.add_argument("--only", default="", metavar="TEXT", help="only the cases with TEXT in their name")
    parser.add_argument("--sample", type=int, metavar="N", help="N cases, chosen by --seed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=pathlib.Path, metavar="DIR", help="leave models and numbers there")
    parser.add_argument("--convert", action="store_true", help="hold what nv convert writes against Keras too")
    parser.add_argument("--verbose", action="store_true", help="say what was skipped, and why")
    options = parser.parse_args()
    for noisy in "absl", "tensorflow", "h5py":
        logging.getLogger(noisy).setLevel(logging.ERROR)
    check = Check(options)
    cases = list(itertools.product(CASES, FORMATS))
    if options.sample is not None:
        cases = random.Random(options.seed).sample(cases, min(options.sample, len(cases)))
    with tempfile.TemporaryDirectory() as scratch:
        for case, (module, endings) in cases:
            if case.library in ("", module.__name__):
                check.case(case, module, endings, options.keep or pathlib.Path(scratch))
    print(f"{check.passed} passed, {check.failed} failed, {check.refused} refused, {check.skipped} skipped")
    if options.convert:
        print(f"{check.converted} converted, {len(check.not_written)} of which nv says that it cannot write them:")
        for reason, count in collections.Counter(check.not_written).most_common():
            print(f"  {count:4} {reason}")
    return check.failed > 0 or check.passed + check.refused == 0


if __name__ == "__main__":
    sys.exit(main())
