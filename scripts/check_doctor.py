#!/usr/bin/env python3
"""Counts what `nv doctor` finds: healthy models must pass, and planted faults must be named.

    check_doctor.py --nv build/release/bin/nv [--shared FOLDER] [--keep FOLDER]

Models are small CNNs of Keras, trained here on pictures of coloured shapes (ten classes: five shapes in two
colours), and the models of examples/. Each fault is one change to a healthy case. Exit 1 if a healthy case
has an error (warnings are listed), or if more than one fault in ten is not named by the finding of its kind.
--shared: a folder with fixtures and data, whose trained models are healthy cases, too. Needs
scripts/requirements.txt.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras
import numpy as np
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parent.parent
SIZE, CLASSES = 32, 10
DIGITS = [str(ROOT / "examples/idx/kept-images-idx3-ubyte.gz")]
DIGIT_TRUTH = ["--truth", str(ROOT / "examples/idx/kept-labels-idx1-ubyte.gz")]
LENET = ROOT / "examples/models/lenet5-mnist.h5"


def picture(label, rng):
    """A shape (label // 2) in orange or blue (label % 2) on a dark, noisy ground."""
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    cx, cy, r = rng.uniform(12, 20), rng.uniform(12, 20), rng.uniform(6, 10)
    dx, dy = np.abs(x - cx), np.abs(y - cy)
    shape = [dx**2 + dy**2 < r**2,
             (dx < r * 0.85) & (dy < r * 0.85),
             (y - cy > -r) & (dx < (y - cy + r) / 2) & (y - cy < r),
             ((dx < r / 3) & (dy < r)) | ((dy < r / 3) & (dx < r)),
             (dx**2 + dy**2 < r**2) & (dx**2 + dy**2 > (0.6 * r) ** 2)][label // 2]
    colour = np.array([[225, 120, 40], [40, 110, 220]][label % 2]) + rng.uniform(-25, 25, 3)
    ground = rng.uniform(20, 90, 3)
    image = np.where(shape[..., None], colour, ground) + rng.normal(0, 8, (SIZE, SIZE, 3))
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


def data_set(count, seed):
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % CLASSES
    return np.stack([picture(label, rng) for label in labels]), labels


def scaled(pixels, how):
    x = pixels.astype(np.float32)
    if how == "raw":
        return x
    if how == "signed":
        return x / 127.5 - 1
    if how == "caffe":
        return x[..., ::-1] - np.array([103.939, 116.779, 123.68], np.float32)
    if how == "torch":
        return (x / 255 - np.array([0.485, 0.456, 0.406], np.float32)) / np.array([0.229, 0.224, 0.225], np.float32)
    if how == "bgr":
        return x[..., ::-1] / 255
    return x / 255


def network(normalized, rescaled):
    layers = [keras.layers.Input((SIZE, SIZE, 3))]
    if rescaled:
        layers.append(keras.layers.Rescaling(1 / 255))
    for i, filters in enumerate((16, 32, 48)):
        layers.append(keras.layers.Conv2D(filters, 3, padding="same", use_bias=not normalized, name=f"conv{i + 1}"))
        if normalized:
            layers.append(keras.layers.BatchNormalization(momentum=0.9, name=f"bn{i + 1}"))
        layers.append(keras.layers.ReLU(name=f"relu{i + 1}"))
        layers.append(keras.layers.MaxPooling2D(name=f"pool{i + 1}"))
    layers += [keras.layers.GlobalAveragePooling2D(name="mean"), keras.layers.Dense(CLASSES, activation="softmax", name="scores")]
    return keras.Sequential(layers)


class Cases:
    def __init__(self, nv, folder):
        self.nv, self.folder = nv, folder
        self.train, self.train_labels = data_set(3000, 1)
        self.test, self.test_labels = data_set(200, 2)
        self.models = {}
        self.images = self.array("images.npy", self.test)
        self.truth = ["--truth", self.array("truth.npy", self.test_labels)]

    def array(self, name, values):
        np.save(self.folder / name, values)
        return str(self.folder / name)

    def model(self, how, normalized=True, rescaled=False):
        """A trained model of this preprocessing."""
        key = (how, normalized, rescaled)
        path = self.folder / "trained-{}-{}-{}.keras".format(*key)
        if key not in self.models and path.exists():
            self.models[key] = keras.models.load_model(path)
        if key not in self.models:
            keras.utils.set_random_seed(7)
            model = network(normalized, rescaled)
            rate = 3e-3 if normalized else 1e-3
            model.compile(keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
            epochs = 6 if normalized else 14
            model.fit(scaled(self.train, how), self.train_labels, batch_size=64, epochs=epochs, verbose=0)
            accuracy = model.evaluate(scaled(self.test, how), self.test_labels, verbose=0)[1]
            print(f"trained: {how} normalized={normalized} rescaled={rescaled}: accuracy {accuracy:.3f}", flush=True)
            model.save(path)
            self.models[key] = model
        return self.models[key]

    def saved(self, name, model):
        path = self.folder / f"{name}.keras"
        model.save(path)
        return str(path)

    def changed(self, name, model, layer, change):
        """A copy of the model with `change` applied to the layer's weights."""
        copy = keras.models.clone_model(model)
        copy.set_weights(model.get_weights())
        weights = [w.copy() for w in copy.get_layer(layer).get_weights()]
        copy.get_layer(layer).set_weights(change(weights))
        return self.saved(name, copy)

    def doctor(self, arguments):
        done = subprocess.run([self.nv, "doctor", *map(str, arguments), "--json"], capture_output=True, text=True)
        if done.returncode not in (0, 1):
            sys.exit(f"nv doctor {' '.join(map(str, arguments))}: exit {done.returncode}: {done.stderr}")
        return json.loads(done.stdout)["findings"], done.returncode


def healthy(c):
    truth = c.truth
    unit, plain = c.saved("unit", c.model("unit")), c.saved("plain", c.model("unit", False))
    float_images = c.array("floats.npy", scaled(c.test, "unit"))
    return {
        "LeNet-5": [LENET, *DIGITS, *DIGIT_TRUTH],
        "LeNet-5, no truth": [LENET, *DIGITS],
        "LeNet-5, 20 pictures": [LENET, ROOT / "examples/digits", "--truth", "from-name"],
        "VGG-12, photos": [ROOT / "examples/models/vgg12-cifar10.h5", *sorted((ROOT / "examples/photos").glob("*-32.png"))],
        "unit": [unit, c.images, *truth],
        "unit, no truth": [unit, c.images],
        "unit, one class": [unit, c.images, "--items", ",".join(str(i) for i in range(0, 200, 10))],
        "unit, float arrays": [unit, float_images, *truth],
        "without BatchNormalization": [plain, c.images, *truth],
        "without BatchNormalization, no truth": [plain, c.images],
        "Rescaling inside": [c.saved("inside", c.model("raw", True, True)), c.images, *truth],
        "raw": [c.saved("raw", c.model("raw")), c.images, *truth, "--preprocess", "raw"],
        "signed": [c.saved("signed", c.model("signed")), c.images, "--preprocess", "signed"],
        "caffe": [c.saved("caffe", c.model("caffe")), c.images, *truth, "--preprocess", "caffe"],
        "torch": [c.saved("torch", c.model("torch")), c.images, *truth, "--preprocess", "torch"],
        "bgr": [c.saved("bgr", c.model("bgr")), c.images, *truth, "--channels", "bgr"],
        "torch, float arrays": [c.saved("torch", c.model("torch")), c.array("torch.npy", scaled(c.test, "torch")), *truth],
        "caffe, float arrays, no truth": [c.saved("caffe", c.model("caffe")), c.array("caffe.npy", scaled(c.test, "caffe"))],
    }


def shared_cases(folder):
    """Healthy cases of trained models elsewhere, with their right preprocessing."""
    digits = [folder / "data/t10k-images-idx3-ubyte.gz", "--items", "0-299"]
    digit_truth = ["--truth", folder / "data/t10k-labels-idx1-ubyte.gz"]
    cifar = [folder / "data/cifar10_test_1000.bin", "--items", "0-299", "--truth", folder / "data/cifar10_test_1000.bin"]
    cases = {}
    for name in ["trained/lenet5_mnist_k3_keras", "trained/lenet5_mnist_tfk_h5", "real/deepxplore_lenet1",
                 "real/deepxplore_lenet4", "real/deepxplore_lenet5", "real/tensorspace_mnist_k", "real/tensorspace_mnist_tfkeras"]:
        files = sorted((folder / "fixtures" / name).glob("model.*"))
        cases[name] = [files[0], *digits, *digit_truth]
    cases["trained/vgg12_cifar10_k3_keras"] = [folder / "fixtures/trained/vgg12_cifar10_k3_keras/model.keras", *cifar]
    cases["real/pypi_cifar_10_model"] = [folder / "fixtures/real/pypi_cifar_10_model/model.h5", *cifar, "--preprocess", "raw"]
    faces = [folder / "data/photos/astronaut.png", "--preprocess", "signed"]
    for name in ["facecls_gender_mini_xception", "facecls_mini_xception_102"]:
        cases[f"real/{name}"] = [folder / f"fixtures/real/{name}/model.hdf5", *faces]
    pictures = folder / "data/cifar10_png"
    for name, scale in [("k3_MobileNet", "signed"), ("k3_MobileNetV2", "signed"), ("tfk_MobileNetV3Small", "raw")]:
        cases[f"applications/{name}"] = [folder / f"fixtures/applications/{name}/model.h5", pictures, "--preprocess", scale]
    cases["real/teachable_waste"] = [folder / "fixtures/real/teachable_waste_keras_model/model.h5", folder / "data/photos", "--preprocess", "signed"]
    cases["real/pypi_cifar_10_model, 20 pictures"] = [folder / "fixtures/real/pypi_cifar_10_model/model.h5", pictures, "--preprocess", "raw"]
    for path in sorted((folder / "fixtures").glob("*/*/input.npz")):
        if path.parts[-3] in ("trained", "real", "applications") and "pypi" not in str(path):
            cases[f"{path.parts[-3]}/{path.parts[-2]}, its input"] = [sorted(path.parent.glob("model.*"))[0], path]
    return cases


def faults(c):
    """name: (kind of the finding, arguments)"""
    truth, unit = c.truth, c.model("unit")
    unit_file, raw_file = c.saved("unit", unit), c.saved("raw", c.model("raw"))
    permuted = c.array("permuted.npy", np.random.default_rng(3).permutation(CLASSES)[c.test_labels])
    from_one = c.array("from_one.npy", c.test_labels + 1)
    names = c.folder / "names.txt"
    names.write_text("".join(f"class {i}\n" for i in range(CLASSES - 1)))
    doubled = c.array("doubled.npy", np.concatenate([c.test[:60], c.test[20:50]]))
    small = c.folder / "small"
    small.mkdir(exist_ok=True)
    for i in range(40):
        Image.fromarray(c.test[i]).resize((6, 6), Image.BILINEAR).save(small / f"{c.test_labels[i]}_{i}.png")
    inverted = c.array("inverted.npy", 255 - c.test)
    beside = c.folder / "beside.h5"
    shutil.copyfile(LENET, beside)
    beside.with_suffix(".nv.toml").write_text('preprocess = "caffe"\n')

    def nan_in(weights):
        weights[0][0, 0, 0, 0] = np.nan
        return weights

    def dead_half(weights):  # beta of half of the channels
        weights[1][::2] = -1e3
        return weights

    def reset(weights):
        return [weights[0], weights[1], np.zeros_like(weights[2]), np.ones_like(weights[3])]

    def of_other_data(weights):
        return [weights[0], weights[1], weights[2] + 6 * np.sqrt(weights[3]), weights[3] * 100]

    def unreachable(weights):  # some units of the last hidden layer
        weights[1][:8] -= 200
        return weights

    lenet = keras.models.load_model(LENET.with_suffix(".keras"), compile=False)
    plain = c.model("unit", False)
    new_head = network(True, False).get_layer("scores").get_weights()
    headless = c.changed("headless", unit, "scores", lambda w: new_head)
    exchanged = c.array("exchanged.npy", c.test_labels ^ 1)  # orange and blue of each shape
    return {
        "unit model, 0..255": ("preprocessing", [unit_file, c.images, *truth, "--preprocess", "raw"]),
        "raw model, 0..1": ("preprocessing", [raw_file, c.images, *truth]),
        "raw model, 0..1, no truth": ("preprocessing", [raw_file, c.images]),
        "raw model without BatchNormalization, 0..1, no truth":
            ("preprocessing", [c.saved("plain_raw", c.model("raw", False)), c.images]),
        "unit model, 0..255, no truth": ("preprocessing", [unit_file, c.images, "--preprocess", "raw"]),
        "caffe model, 0..1": ("preprocessing", [c.saved("caffe", c.model("caffe")), c.images, *truth]),
        "BGR model, RGB": ("preprocessing", [c.saved("bgr", c.model("bgr")), c.images, *truth]),
        "inverted digits": ("preprocessing", [LENET, *DIGITS, *DIGIT_TRUTH, "--invert"]),
        "inverted digits, no truth": ("preprocessing", [LENET, *DIGITS, "--invert"]),
        "inverted pictures": ("preprocessing", [unit_file, inverted, *truth]),
        "scaled twice": ("preprocessing", [c.saved("inside", c.model("raw", True, True)), c.images, *truth, "--preprocess", "unit"]),
        "float arrays of 0..255": ("preprocessing", [unit_file, c.array("large.npy", c.test.astype(np.float32)), *truth]),
        "float arrays divided by 255 twice": ("preprocessing", [unit_file, c.array("twice.npy", (c.test / 255 / 255).astype(np.float32)), *truth]),
        "float arrays divided by 255 twice, no truth": ("preprocessing", [unit_file, c.folder / "twice.npy"]),
        "LeNet-5, -1..1 for 0..1": ("preprocessing", [LENET, *DIGITS, *DIGIT_TRUTH, "--preprocess", "signed"]),
        "BGR float arrays": ("preprocessing", [unit_file, c.array("reversed.npy", scaled(c.test, "bgr")), *truth]),
        "caffe beside a model of grey pictures": ("preprocessing", [beside, *DIGITS]),
        "classes permuted": ("labels", [unit_file, c.images, "--truth", permuted]),
        "classes from 1": ("labels", [unit_file, c.images, "--truth", from_one]),
        "nine names": ("labels", [unit_file, c.images, "--labels", names]),
        "NaN in conv2": ("not-finite", [c.changed("nan", unit, "conv2", nan_in), c.images]),
        "half of the channels dead": ("dead", [c.changed("dead", unit, "bn2", dead_half), c.images, *truth]),
        "8 of 84 units dead": ("dead", [c.changed("units", lenet, "fc2", unreachable), *DIGITS, *DIGIT_TRUTH]),
        "all channels dead": ("dead", [c.changed("silent", lenet, "conv2", lambda w: [w[0] * 0, w[1] * 0]), ROOT / "examples/digits"]),
        "logits of LeNet-5 10 times as large": ("saturation", [c.changed("sharp", lenet, "predictions", lambda w: [w[0] * 10, w[1] * 10]), *DIGITS]),
        "saturated softmax": ("saturation", [c.changed("hot", plain, "scores", lambda w: [w[0] * 40, w[1] * 40]), c.images, *truth]),
        "statistics never trained": ("batch-normalization", [c.changed("reset", unit, "bn2", reset), c.images, *truth]),
        "statistics of other data": ("batch-normalization", [c.changed("other", unit, "bn2", of_other_data), c.images]),
        "pictures of 6 x 6": ("size", [unit_file, small, "--truth", "from-name"]),
        "a third is there twice": ("duplicates", [unit_file, doubled]),
        "output layer never trained": ("untrained", [headless, c.images, *truth]),
        "output layer never trained, no truth": ("untrained", [headless, c.images]),
        "colours exchanged in the labels": ("labels", [unit_file, c.images, "--truth", exchanged]),
        "weights of another training": ("accuracy", [c.saved("untrained", keras.models.clone_model(plain)), c.images, *truth]),
    }


def one_line(findings):
    return "; ".join(f"{f['severity']} {f['kind']}: {f['what']}" for f in findings) or "nothing"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nv", required=True)
    parser.add_argument("--shared", type=pathlib.Path)
    parser.add_argument("--keep", type=pathlib.Path, help="folder for models and data; trained models in it are used again")
    options = parser.parse_args()
    folder = options.keep or pathlib.Path(tempfile.mkdtemp())
    folder.mkdir(exist_ok=True, parents=True)
    cases = Cases(options.nv, folder)
    wrong = 0
    fine = healthy(cases)
    if options.shared:
        fine.update(shared_cases(options.shared))
    for name, arguments in fine.items():
        findings, code = cases.doctor(arguments)
        wrong += code != 0
        if findings:
            print(f"healthy: {name}: {one_line(findings)}", flush=True)
    planted = faults(cases)
    named = 0
    for name, (kind, arguments) in planted.items():
        findings, code = cases.doctor(arguments)
        found = any(f["kind"] == kind for f in findings) and code == 1
        named += found
        print(f"fault: {'named ' if found else 'MISSED'} {name}: {one_line(findings)}", flush=True)
    if not options.keep:
        shutil.rmtree(folder)
    print(f"{len(fine) - wrong} of {len(fine)} healthy cases pass; {named} of {len(planted)} faults are named")
    return 1 if wrong or named < 0.9 * len(planted) else 0


if __name__ == "__main__":
    sys.exit(main())
