#!/usr/bin/env python3
"""Compares nv's explanations with what TensorFlow computes from their definitions.

    check_explanations.py [--nv build/release/bin/nv] [--only TEXT] [--seed S]

Builds the models of explanation_cases.py in Keras (BatchNormalization, branches, depthwise and separable convolutions, sigmoid and linear outputs,
segmentation, two inputs), gives them random weights and statistics, and compares gradient, gradient-input,
integrated-gradients, guided-backprop, grad-cam, grad-cam++, hires-cam, layer-cam, ablation-cam, occlusion, lrp-epsilon
and lrp for random inputs. The definitions are written here on their own: a walk over the layers for the methods
that change the backward pass. Needs scripts/requirements.txt. Exit 1 if a map differs by more than --tolerance of its
largest value.
"""

import argparse
import json
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
import tensorflow as tf
from keras import layers as L

from explanation_cases import MODELS


def randomise(built, rng):
    """Weights as after training: no statistics of 0 and 1."""
    for layer in built.layers:
        weights = layer.get_weights()
        if isinstance(layer, L.BatchNormalization):
            n = weights[0].shape
            # gammas of both signs, since z+ depends on it
            weights = [rng.uniform(0.5, 1.5, n) * rng.choice([-1, 1], n, p=[0.2, 0.8]), rng.normal(0, 0.3, n), rng.normal(0, 0.3, n),
                       rng.uniform(0.5, 1.5, n)]
        else:
            weights = [w if w.ndim > 1 else rng.normal(0, 0.1, w.shape) for w in weights]
        layer.set_weights([np.asarray(w, np.float32) for w in weights])


class Reference:
    """The layers of a flat model, each called once, run one by one."""

    def __init__(self, built, of):
        self.model = built
        self.of = of
        self.nodes = [l for l in built.layers]
        self.uses = {}
        for layer in self.nodes:
            if not isinstance(layer, L.InputLayer):
                source = layer.input if isinstance(layer.input, list) else [layer.input]
                self.uses[layer.name] = [t._keras_history.operation.name for t in source]
        self.last = built.layers[-1]
        self.activation = getattr(self.last, "activation", keras.activations.linear)

    def call(self, layer, inputs):
        """The layer; the last one without its activation function, if the logit is explained."""
        if layer is self.last and self.of == "logit" and isinstance(layer, L.Activation):
            return tf.identity(inputs[0])
        if layer is self.last and self.of == "logit":
            function, layer.activation = layer.activation, keras.activations.linear
            try:
                return layer(inputs[0])
            finally:
                layer.activation = function
        return layer(inputs if len(inputs) > 1 else inputs[0], **({"training": False} if type(layer) in (L.BatchNormalization, L.Dropout) else {}))

    def forward(self, xs, replaced=None):
        values = {}
        for layer in self.nodes:
            if isinstance(layer, L.InputLayer):
                port = [i._keras_history.operation.name for i in self.model.inputs].index(layer.name)
                values[layer.name] = tf.constant(xs[port], tf.float32)
            else:
                values[layer.name] = self.call(layer, [values[n] for n in self.uses[layer.name]])
            if replaced and layer.name in replaced:
                values[layer.name] = replaced[layer.name](values[layer.name])
        return values

    def classes(self, xs):
        out = self.activation(self.forward(xs)[self.last.name]).numpy()
        return (out[:, 0] > 0.5).astype(int) if out.shape[-1] == 1 else out.argmax(-1)

    def seed(self, out, classes):
        """df/d(output of the last layer), batch first."""
        g = np.zeros(out.shape, np.float32)
        if self.of == "logit":
            for b, c in enumerate(classes):
                g[b, 0 if out.shape[-1] == 1 else c] = (1 if c else -1) if out.shape[-1] == 1 else 1
        elif self.of.startswith("sum:"):
            g[:] = 1
        else:
            g[(slice(None), *map(int, self.of[2:-1].split(",")))] = 1
        return tf.constant(g)

    def f(self, values, classes):
        out = values[self.last.name]
        return tf.reduce_sum(out * self.seed(out, classes), axis=list(range(1, len(out.shape))))

    def vjp(self, layer, inputs, d):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            out = self.call(layer, inputs)
        return tape.gradient(out, inputs, d, unconnected_gradients="zero")

    def backward(self, values, seed, rule=None):
        """{layer: what arrives at its output}, by rule(layer, inputs, output, d) or the vjp."""
        arrived = {self.last.name: seed}
        for layer in reversed(self.nodes):
            if layer.name not in arrived or isinstance(layer, L.InputLayer):
                continue
            inputs = [values[n] for n in self.uses[layer.name]]
            passed = rule and rule(layer, inputs, values[layer.name], arrived[layer.name])
            if passed is None or passed is False:
                passed = self.vjp(layer, inputs, arrived[layer.name])
            for name, d in zip(self.uses[layer.name], passed):
                arrived[name] = arrived[name] + d if name in arrived else d
        return arrived

    def at_inputs(self, arrived):
        return [arrived[i._keras_history.operation.name].numpy() for i in self.model.inputs]


def is_relu(layer):
    return isinstance(layer, L.ReLU) or getattr(layer, "activation", None) is keras.activations.relu


def gradient(r, xs, classes):
    values = r.forward(xs)
    return r.at_inputs(r.backward(values, r.seed(values[r.last.name], classes)))


def guided(r, xs, classes):
    values = r.forward(xs)
    rule = lambda layer, inputs, out, d: r.vjp(layer, inputs, tf.maximum(d, 0)) if is_relu(layer) else None
    return r.at_inputs(r.backward(values, r.seed(values[r.last.name], classes), rule))


def integrated(r, xs, classes, steps=50):
    total = [np.zeros(x.shape) for x in xs]
    for k in range(steps + 1):
        weight = (0.5 if k in (0, steps) else 1) / steps
        for t, g in zip(total, gradient(r, [x * np.float32(k / steps) for x in xs], classes)):
            t += weight * g
    maps = [t * x for t, x in zip(total, xs)]
    ends = [r.f(r.forward(x), classes).numpy() for x in (xs, [0 * x for x in xs])]
    gap = ends[0] - ends[1] - sum(m.reshape(len(m), -1).sum(1) for m in maps)
    return maps, gap


def cam_layer(r):
    """The last convolution that is not the output, after its own BatchNormalization and activation."""
    users = {}
    for name, sources in r.uses.items():
        for s in sources:
            users.setdefault(s, []).append(name)
    name = [l.name for l in r.nodes[:-1] if "Conv" in type(l).__name__][-1]
    while len(users.get(name, [])) == 1:
        user = r.model.get_layer(users[name][0])
        if not isinstance(user, (L.BatchNormalization, L.ReLU, L.Activation)):
            break
        name = user.name
    return name


def enlarged(maps, size):
    return tf.image.resize(maps[..., None], size, method="bilinear").numpy()[..., 0]


def cams(r, xs, classes):
    name = cam_layer(r)
    values = r.forward(xs)
    A = values[name].numpy()
    G = r.backward(values, r.seed(values[r.last.name], classes))[name].numpy()
    size = next(x.shape[1:3] for x in xs if x.ndim == 4)
    relu = lambda m: enlarged(np.maximum(m.sum(-1), 0), size)
    with np.errstate(divide="ignore", invalid="ignore"):
        a = G ** 2 / (2 * G ** 2 + A.sum((1, 2), keepdims=True) * G ** 3)
    a = np.where(np.isfinite(a), a, 0)
    f = r.f(values, classes).numpy()
    weights = []
    for k in range(A.shape[-1]):
        mask = np.ones(A.shape[-1], np.float32)
        mask[k] = 0
        without = r.f(r.forward(xs, {name: lambda v, m=mask: v * m}), classes).numpy()
        weights.append((f - without) / f)
    weights = np.stack(weights, -1)[:, None, None]
    return {"grad-cam": relu(G.mean((1, 2), keepdims=True) * A),
            "grad-cam++": relu((a * np.maximum(G, 0)).sum((1, 2), keepdims=True) * A),
            "hires-cam": relu(G * A), "layer-cam": relu(np.maximum(G, 0) * A), "ablation-cam": relu(weights * A)}


def occlusion(r, xs, classes):
    at = next(i for i, x in enumerate(xs) if x.ndim == 4)
    H, W = xs[at].shape[1:3]
    p, s = max(H // 7, 2), max(H // 14, 1)
    f = r.f(r.forward(xs), classes).numpy()
    total, count = np.zeros((len(f), H, W)), np.zeros((H, W))
    for top in range(0, H - p + 1, s):
        for left in range(0, W - p + 1, s):
            covered = [x.copy() for x in xs]
            covered[at][:, top:top + p, left:left + p] = 0
            total[:, top:top + p, left:left + p] += (f - r.f(r.forward(covered), classes).numpy())[:, None, None]
            count[top:top + p, left:left + p] += 1
    return total / np.maximum(count, 1)


EPSILON = 1e-6


def stable(z):
    return z + EPSILON * tf.where(z >= 0, 1.0, -1.0)


def effective(layer):
    """(operation, kernel, bias) of a linear layer; operation(x, kernel) is its linear part."""
    w = layer.get_weights()
    bias = w[-1] if layer.use_bias else None
    if isinstance(layer, L.Dense):
        return (lambda x, k: tf.matmul(x, k)), w[0], bias
    strides, padding = layer.strides, layer.padding.upper()
    if isinstance(layer, L.Conv2DTranspose):
        shape = layer.output.shape[1:]
        return (lambda x, k: tf.nn.conv2d_transpose(x, k, (len(x), *shape), strides, padding)), w[0], bias
    if isinstance(layer, L.DepthwiseConv2D):
        return (lambda x, k: tf.nn.depthwise_conv2d(x, k, (1, *strides, 1), padding)), w[0], bias
    kernel = w[0]
    if isinstance(layer, L.SeparableConv2D):
        kernel = np.einsum("hwcm,cmo->hwco", w[0], w[1][0, 0].reshape(*w[0].shape[2:], -1))
    return (lambda x, k: tf.nn.conv2d(x, k, strides, padding)), kernel, bias


def lrp(r, xs, classes, composite):
    users = {}
    for name, sources in r.uses.items():
        for s in sources:
            users.setdefault(s, []).append(name)
    linear = [l for l in r.nodes if isinstance(l, L.Dense) or "Conv" in type(l).__name__]
    merged, behind = {}, {}
    for l in linear:
        follow = [r.model.get_layer(n) for n in users.get(l.name, [])]
        if l.activation is keras.activations.linear and len(follow) == 1 and isinstance(follow[0], L.BatchNormalization):
            merged[l.name] = follow[0]
    for l in r.nodes:  # whether a linear layer is among what it depends on
        behind[l.name] = any(behind[n] or r.model.get_layer(n) in linear for n in r.uses.get(l.name, []))

    def rule(layer, inputs, out, R):
        x = inputs[0]
        if layer in merged.values():
            return [R]
        if layer in linear:
            operation, kernel, bias = effective(layer)
            bias = np.zeros(out.shape[-1], np.float32) if bias is None else bias
            if layer.name in merged:
                gamma, beta, mean, variance = merged[layer.name].get_weights()
                scale = gamma / np.sqrt(variance + merged[layer.name].epsilon)
                kernel = kernel * (scale.reshape(kernel.shape[2:]) if isinstance(layer, L.DepthwiseConv2D) else scale)
                bias = (bias - mean) * scale + beta
            def spread(parts, z):
                result = 0
                s = R / stable(z)
                for xp, kp in parts:
                    with tf.GradientTape() as tape:
                        tape.watch(xp)
                        y = operation(xp, kp)
                    result += xp * tape.gradient(y, xp, s)
                return [result]
            if composite and not behind[layer.name]:
                ones, k = tf.ones_like(x), np.ones_like(kernel)
                return spread([(ones, k)], operation(ones, k))
            if composite and not isinstance(layer, L.Dense):
                parts = [(tf.maximum(x, 0), np.maximum(kernel, 0)), (tf.minimum(x, 0), np.minimum(kernel, 0))]
                return spread(parts, sum(operation(a, b) for a, b in parts))
            return spread([(x, kernel)], operation(x, kernel) + bias)
        if isinstance(layer, (L.MaxPooling2D, L.GlobalMaxPooling2D, L.Flatten, L.Concatenate, L.UpSampling2D,
                              L.ZeroPadding2D, L.Cropping2D)):
            return None
        if isinstance(layer, (L.ReLU, L.LeakyReLU, L.Activation, L.BatchNormalization, L.Dropout)):
            return [R]
        return [i * d for i, d in zip(inputs, r.vjp(layer, inputs, R / stable(out)))]  # sums and averages

    values = r.forward(xs)
    out = values[r.last.name]
    maps = r.at_inputs(r.backward(values, out * r.seed(out, classes), rule))
    f = r.f(values, classes).numpy()
    return maps, sum(m.reshape(len(m), -1).sum(1) for m in maps) / f


def expected(r, xs, classes, names):
    """{method: (maps per input of the model, or one of positions; further numbers)}."""
    found = {}
    g = gradient(r, xs, classes)
    found["gradient"] = (g, {})
    found["gradient-input"] = ([a * x for a, x in zip(g, xs)], {})
    maps, gap = integrated(r, xs, classes)
    found["integrated-gradients"] = (maps, {"completeness_gap": gap})
    found["guided-backprop"] = (guided(r, xs, classes), {})
    if "grad-cam" in names:
        found.update({name: ([m], {}) for name, m in cams(r, xs, classes).items()})
        found["occlusion"] = ([occlusion(r, xs, classes)], {})
    for name, composite in (("lrp-epsilon", False), ("lrp", True)):
        maps, share = lrp(r, xs, classes, composite)
        found[name] = (maps, {"conservation": share})
    return {name: found[name] for name in names}


def check(nv, name, seed, tolerance):
    """Error lines of one model, and the number of comparisons."""
    build, of, names = MODELS[name]
    rng = np.random.default_rng(seed)
    keras.utils.set_random_seed(seed)
    built = build()
    randomise(built, rng)
    xs = [rng.normal(0.3, 0.6, (3, *i.shape[1:])).astype(np.float32) for i in built.inputs]
    r = Reference(built, of)
    classes = r.classes(xs) if of == "logit" else [0] * 3
    errors = []
    with tempfile.TemporaryDirectory() as folder:
        path, file = Path(folder, "m.keras"), Path(folder, "x.npz" if len(xs) > 1 else "x.npy")
        built.save(path)
        np.savez(file, **{i.name: x for i, x in zip(built.inputs, xs)}) if len(xs) > 1 else np.save(file, xs[0])
        for method, (maps, numbers) in expected(r, xs, classes, names).items():
            out = Path(folder, method)
            run = subprocess.run([nv, "explain", path, file, "--method", method, "--of", of, "--format", "npz", "-o", out, "--json", "-q"],
                                 capture_output=True, text=True)
            if run.returncode:
                errors.append(f"{name}: {method}: exit {run.returncode}: {run.stderr.strip()}")
                continue
            for b, item in enumerate(json.loads(run.stdout)["inputs"]):
                if of == "logit" and item["class"] != int(classes[b]):
                    errors.append(f"{name}: {method}: input {b}: class {item['class']}, expected {classes[b]}")
                got = np.load(out / item["files"]["npz"])
                for i, m in enumerate(maps):
                    worst = np.abs(got[str(i)] - m[b]).max() / max(np.abs(m[b]).max(), 1e-9)
                    if not worst <= tolerance:
                        errors.append(f"{name}: {method}: input {b}, map {i}: off by {worst:.1e} of the largest value")
                for key, value in numbers.items():
                    if not abs(item[key] - value[b]) <= tolerance * max(1, abs(value[b])):
                        errors.append(f"{name}: {method}: input {b}: {key} {item[key]}, expected {value[b]}")
    return errors, len(names)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nv", default="build/release/bin/nv")
    parser.add_argument("--only", default="", help="models with this text in their names")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tolerance", type=float, default=1e-3)
    arguments = parser.parse_args()
    compared = failed = 0
    for name in MODELS:
        if arguments.only not in name:
            continue
        errors, count = check(arguments.nv, name, arguments.seed, arguments.tolerance)
        compared += count
        failed += len({e.split(": ")[1] for e in errors})
        print("\n".join(errors) if errors else f"{name}: {count} methods agree")
    print(f"{compared - failed} passed, {failed} failed")
    return 1 if failed or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
