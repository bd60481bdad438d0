#!/usr/bin/env python3
"""Builds every family of keras.applications with random weights, in Keras 3 and in tf_keras, and compares every layer and
the gradient to the input with nv's. Writes the table of docs/applications.md.

    check_applications.py [--nv build/release/bin/nv] [--only TEXT] [--table FILE.md]

Images are of reduced size if the family takes it, and such that no rounding decides the gradient; batch normalisation
gets random statistics, so that it is not the identity. Errors are relative to the layer's largest value; exit 1 if one is
above 1e-5, or 1e-3 for the gradient (of so many ReLUs a few change sides by rounding). Needs scripts/requirements.txt, a
quarter of an hour and 3 GB of memory."""
import argparse, json, os, subprocess, sys, tempfile, time, zlib

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"  # its sums differ from one processor to the next
import numpy as np
import tensorflow as tf
import keras
import tf_keras

# One of each family: name, and the side of the image that it gets.
FAMILIES = {
    "VGG16": 32, "VGG19": 32, "ResNet50": 32, "ResNet50V2": 32, "MobileNet": 32, "MobileNetV2": 32,
    "MobileNetV3Small": 32, "MobileNetV3Large": 32, "InceptionV3": 75, "Xception": 71, "DenseNet121": 32,
    "EfficientNetB0": 32, "EfficientNetV2B0": 32, "NASNetMobile": 32, "ConvNeXtTiny": 32, "InceptionResNetV2": 75,
}


def build(library, name, side):
    library.backend.clear_session()
    library.utils.set_random_seed(zlib.crc32(name.encode()))
    net = getattr(library.applications, name)(weights=None, input_shape=(side, side, 3), classes=10)
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    for w in net.weights:
        kind = w.name.split("/")[-1].split(":")[0]
        if "moving_mean" in kind or kind == "beta":
            w.assign(rng.normal(0, 0.1, w.shape))
        elif "moving_variance" in kind or kind == "gamma":
            w.assign(rng.uniform(0.5, 1.5, w.shape))
    return net


def layers(net):
    """Names and outputs of the layers, those of nested models as PATH/NAME where each is called once."""
    return [(l.name, l.output) for l in net.layers if not hasattr(l, "layers")]


def slope(net, image):
    """The output, the weights of its sum, and the gradient of that sum to the image."""
    x = tf.constant(image)
    with tf.GradientTape() as tape:
        tape.watch(x)
        out = net(x, training=False)
        weights = np.cos(np.arange(out.shape[-1], dtype="f4"))[None]
        total = tf.reduce_sum(out * weights)
    return out.numpy(), weights, tape.gradient(total, x).numpy()


def settled(net, side):
    """An image at which no ReLU and no maximum is about to change sides, where rounding would decide the gradient:
    Keras's own stays what it is when the image moves by a millionth."""
    largest = 255 if "Rescaling" in {type(l).__name__ for l in net.layers} else 1
    for seed in range(20):
        rng = np.random.default_rng(seed)
        image = rng.uniform(0, largest, (1, side, side, 3)).astype("f4")
        moved = image * (1 + 1e-6 * rng.choice([-1, 1], image.shape)).astype("f4")
        here, there = slope(net, image)[2], slope(net, moved)[2]
        if np.abs(here - there).max() < 5e-5 * np.abs(here).max():
            return image
    raise RuntimeError("no image with a settled gradient")


def reference(library, net, side, folder):
    named = layers(net)
    watch = library.Model(net.inputs, [t for _, t in named])
    image = settled(net, side)
    out, weights, gradient = slope(net, image)
    expected = {f"layer/{name}": np.asarray(y) for (name, _), y in zip(named, watch(image, training=False))}
    expected |= {"input/0": image, "output/0": out}
    np.savez(f"{folder}/expected.npz", **expected)
    np.savez(f"{folder}/weights.npz", **{"0": weights})
    np.save(f"{folder}/image.npy", image)
    return len(named), gradient


def verify(nv, model, folder, *options):
    """The worst layer's error, by nv verify itself."""
    done = subprocess.run([nv, "verify", model, f"{folder}/expected.npz", "--json", *options], capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr.strip())
    return max(float(str(c["relative_error"]).replace("Infinity", "inf")) for c in json.loads(done.stdout)["layers"])


def gradient(nv, model, folder, wanted):
    out = f"{folder}/gradient"
    subprocess.run([nv, "explain", model, f"{folder}/image.npy", "--method", "gradient", "--of", f"{folder}/weights.npz",
                    "--format", "npy", "-o", out], check=True, capture_output=True)
    found = [os.path.join(d, f) for d, _, files in os.walk(out) for f in files if f.endswith(".npy")]
    return float(np.abs(np.load(found[0]) - wanted[0]).max() / np.abs(wanted).max())


def check(nv, library, name, side):
    with tempfile.TemporaryDirectory() as folder:
        net = build(library, name, side)
        model = f"{folder}/model.h5"
        net.save(model)
        count, wanted = reference(library, net, side, folder)
        start = time.monotonic()
        error = verify(nv, model, folder, "--tolerance", "1e-5")
        seconds = time.monotonic() - start
        return count, net.count_params(), error, gradient(nv, model, folder, wanted), seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nv", default="build/release/bin/nv")
    parser.add_argument("--only", default="")
    parser.add_argument("--table")
    options = parser.parse_args()
    rows, bad = [], 0
    for name, side in FAMILIES.items():
        for library, label in ((keras, "Keras"), (tf_keras, "tf_keras")):
            if options.only not in f"{label} {name}":
                continue
            try:
                count, parameters, error, tangent, seconds = check(options.nv, library, name, side)
            except Exception as problem:  # one that cannot be built or run is a row too
                bad += 1
                print(f"FAIL  {label} {name}: {type(problem).__name__}: {str(problem)[:300]}", flush=True)
                continue
            failed = error > 1e-5 or tangent > 1e-3
            bad += failed
            row = f"| {name} | {label} {library.__version__} | {side} | {count} | {parameters} | {error:.1e} | {tangent:.1e} |"
            rows.append(row)
            print(("FAIL  " if failed else "ok    ") + row, f"{seconds:.1f} s", flush=True)
    if options.table:
        with open(options.table, "w") as file:
            file.write("# keras.applications compared with Keras\n\n"
                       "Made by `scripts/check_applications.py --table docs/applications.md`: random weights, one image (at which no\n"
                       "ReLU and no maximum is within rounding of a kink, where the gradient would be decided by rounding), every layer\n"
                       "(nested models by their outputs) and the gradient of a weighted sum of the outputs to the\n"
                       "image. Errors are the largest difference, relative to the layer's largest value.\n\n"
                       "| application | written by | image | layers | parameters | layers' error | gradient |\n"
                       "|---|---|---|---|---|---|---|\n" + "\n".join(rows) + "\n")
    print(f"{len(rows)} compared, {bad} failed")
    sys.exit(bad > 0)


main()
