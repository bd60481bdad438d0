#!/usr/bin/env python3
"""Writes the small models of tests/fixtures with what Keras computes for them.

Every model has random weights from a seed made of its name, and is built twice: with Keras 3 (NAME/) and, for
the older dialect of the .h5 files, with tf_keras (tfk_NAME/). Each folder holds

  model.h5, model.keras  the model (tf_keras: .h5 only)
  input.npz              keys 0, 1, ...: the model's inputs in order, batch first
  expected.npz           layer/PATH   what each layer gives; PATH is the layer's name, joined by / in nested
                                      models, with #k after it for the k-th further call of a shared layer
                         output/I     the model's outputs in order
                         grad_lin/I   gradient to input I of the sum of each output times cos(0), cos(1), ...
                                      over that output's flattened batch
                         grad_ce/I    gradient to input I of the summed cross-entropy against the label, at the
                                      logits (only for models with one softmax output)
  about.json             versions, the labels, and the layers with kind and shape

odd/ holds damaged and unusual files for tests of errors; odd/about.json says what each is. The same versions of
the packages (requirements.txt) and of Python give the same bytes.
"""
import argparse
import json
import logging
import math
import os
import pathlib
import shutil
import sys
import zlib

from train_lenet5 import ROOT, settle_keras_file

BATCH = 2
MODELS = {}


def model(build):
    """Marks a builder: it takes the library (keras or tf_keras) and its layers, and gives the model."""
    MODELS[build.__name__] = build
    return build


# ---------------------------------------------------------------------------------------------- the models

@model
def sequential_lenet(K, L):
    return K.Sequential([
        K.Input((12, 12, 1)),
        L.Conv2D(4, 3, padding='same', activation='relu', name='conv1'),
        L.MaxPooling2D(2, name='pool1'),
        L.Conv2D(6, 3, activation='relu', name='conv2'),
        L.AveragePooling2D(2, name='pool2'),
        L.Flatten(name='flatten'),
        L.Dense(12, activation='tanh', name='fc'),
        L.Dense(5, activation='softmax', name='predictions'),
    ], name='sequential_lenet')


@model
def functional_branches(K, L):
    x = K.Input((8, 9, 3), name='image')
    stem = L.Conv2D(4, 3, padding='same', use_bias=False, name='stem')(x)
    stem = L.BatchNormalization(name='stem_bn')(stem)
    stem = L.Activation('relu', name='stem_relu')(stem)
    a = L.Conv2D(4, 1, activation='relu', name='a')(stem)
    b = L.Conv2D(3, 3, padding='same', name='b1')(stem)
    b = L.BatchNormalization(scale=False, epsilon=1e-2, name='b1_bn')(b)
    b = L.Activation('relu', name='b1_relu')(b)
    b = L.Conv2D(4, 3, padding='same', name='b2')(b)
    y = L.Add(name='add')([a, b])
    y = L.Concatenate(name='concat')([stem, y])
    y = L.BatchNormalization(center=False, name='concat_bn')(y)
    y = L.GlobalAveragePooling2D(name='gap')(y)
    return K.Model(x, L.Dense(4, activation='softmax', name='predictions')(y), name='functional_branches')


@model
def conv_options(K, L):
    """Every layer is an output, so that its gradient is held to weights that differ from place to place."""
    x = K.Input((10, 9, 2), name='image')
    outputs = [
        L.Conv2D(4, 3, strides=2, padding='same', name='stride2_same')(x),
        L.Conv2D(3, 3, dilation_rate=2, name='dilation_valid')(x),
        L.Conv2D(3, (3, 2), dilation_rate=(1, 3), padding='same', name='dilation_same')(x),
        L.Conv2D(4, 3, groups=2, name='groups2')(x),
        L.Conv2D(3, 3, use_bias=False, name='no_bias')(x),
        L.Conv2D(3, 4, padding='same', name='even_kernel_same')(x),
        L.Conv2D(3, (2, 5), strides=(3, 1), name='rectangular_valid')(x),
        L.Conv2D(3, (5, 2), strides=(2, 3), padding='same', activation='sigmoid', name='rectangular_same')(x),
        L.Conv2D(3, 1, strides=3, padding='same', name='one_stride3_same')(x),
        L.DepthwiseConv2D(3, depth_multiplier=2, padding='same', name='depthwise')(x),
        L.SeparableConv2D(4, 3, strides=2, name='separable')(x),
    ]
    return K.Model(x, outputs, name='conv_options')


@model
def pooling(K, L):
    x = K.Input((7, 9, 2), name='image')
    y = L.Conv2D(3, 1, name='conv')(x)
    outputs = []
    for kind, layer in ('max', L.MaxPooling2D), ('average', L.AveragePooling2D):
        outputs += [
            layer(2, name=f'{kind}2')(y),
            layer(2, padding='same', name=f'{kind}2_same')(y),
            layer(3, strides=1, padding='same', name=f'{kind}3_stride1_same')(y),
            layer(3, strides=2, padding='same', name=f'{kind}3_stride2_same')(y),
            layer((2, 3), strides=(3, 2), name=f'{kind}_rectangular')(y),
        ]
    return K.Model(x, outputs, name='pooling')


@model
def activations(K, L):
    x = K.Input((6, 7, 2), name='image')
    y = L.Conv2D(3, 3, padding='same', name='conv')(x)
    names = ['relu', 'sigmoid', 'tanh', 'elu', 'selu', 'softplus', 'softsign', 'swish', 'gelu', 'leaky_relu',
             'hard_sigmoid', 'exponential', 'linear', 'softmax']
    slope = 'negative_slope' if K.__name__ == 'keras' else 'alpha'
    parts = [L.Activation(n, name=f'act_{n}')(y) for n in names] + [
        L.ReLU(max_value=1.0, name='relu_max')(y),
        L.ReLU(negative_slope=0.2, name='relu_slope')(y),
        L.ReLU(max_value=1.5, negative_slope=0.1, threshold=0.3, name='relu_all')(y),
        L.LeakyReLU(**{slope: 0.15}, name='leaky')(y),
        L.ELU(alpha=0.7, name='elu')(y),
        L.PReLU(shared_axes=[1, 2], name='prelu')(y),
        L.Softmax(name='softmax')(y),
        L.Softmax(axis=1, name='softmax_axis1')(y),
    ]
    y = L.Concatenate(name='concat')(parts)
    y = L.Conv2D(4, 1, name='mix')(y)
    y = L.GlobalAveragePooling2D(name='gap')(y)
    return K.Model(x, L.Dense(3, activation='softmax', name='predictions')(y), name='activations')


@model
def shapes(K, L):
    return K.Sequential([
        K.Input((8, 9, 3)),
        L.Rescaling(0.5, offset=-0.25, name='rescaling'),
        L.ZeroPadding2D(((1, 2), (0, 3)), name='pad'),
        L.GaussianNoise(0.1, name='noise'),
        L.Conv2D(4, 3, activation='relu', name='conv'),
        L.Cropping2D(((0, 1), (2, 1)), name='crop'),
        L.Permute((2, 1, 3), name='permute'),
        L.Dropout(0.4, name='dropout'),
        L.UpSampling2D((1, 2), name='upsampling'),
        L.Reshape((-1, 8), name='reshape'),
        L.Reshape((8, 2, -1), name='reshape_again'),
        L.Flatten(name='flatten'),
        L.Dense(4, activation='softmax', name='predictions'),
    ], name='shapes')


@model
def merges(K, L):
    x = K.Input((6, 8, 2), name='image')
    a, b, c = (L.Conv2D(3, 3, padding='same', activation=act, name=name)(x)
               for name, act in (('a', 'tanh'), ('b', None), ('c', 'sigmoid')))
    gate = L.GlobalAveragePooling2D(name='squeeze')(b)
    gate = L.Dense(3, activation='sigmoid', name='excite')(gate)
    gate = L.Reshape((1, 1, 3), name='gate')(gate)
    parts = [
        L.Add(name='add3')([a, b, c]),
        L.Subtract(name='subtract')([a, b]),
        L.Multiply(name='multiply3')([a, b, c]),
        L.Average(name='average3')([a, b, c]),
        L.Maximum(name='maximum3')([a, b, c]),
        L.Minimum(name='minimum3')([a, b, c]),
        L.Concatenate(name='concat3')([a, b, c]),
        L.Multiply(name='multiply_broadcast')([a, gate]),
        L.MaxPooling2D((2, 1), name='halves')(L.Concatenate(axis=1, name='concat_rows')([a, c])),
    ]
    y = L.Concatenate(name='concat')(parts)
    y = L.Conv2D(4, 3, strides=2, activation='relu', name='mix')(y)
    y = L.Flatten(name='flatten')(y)
    return K.Model(x, L.Dense(4, activation='softmax', name='predictions')(y), name='merges')


@model
def two_in_two_out(K, L):
    x, extra = K.Input((8, 8, 3), name='image'), K.Input((5,), name='extra')
    y = L.Conv2D(4, 3, activation='relu', name='conv')(x)
    maps = L.Conv2D(2, 1, activation='sigmoid', name='maps')(y)
    y = L.GlobalAveragePooling2D(name='gap')(y)
    y = L.Concatenate(name='concat')([y, L.Dense(3, activation='tanh', name='dense')(extra)])
    return K.Model([x, extra], [L.Dense(4, activation='softmax', name='predictions')(y), maps],
                   name='two_in_two_out')


@model
def two_pictures(K, L):
    """Pictures of two sizes, each with a convolution of its own; a single sigmoid unit is the first output."""
    left, right = K.Input((8, 8, 1), name='left'), K.Input((6, 10, 3), name='right')
    a = L.Conv2D(4, 3, activation='relu', name='left_conv')(left)
    b = L.Conv2D(4, 3, activation='relu', name='right_conv')(right)
    y = L.Concatenate(name='concat')([L.GlobalAveragePooling2D(name='left_gap')(a),
                                      L.GlobalAveragePooling2D(name='right_gap')(b)])
    return K.Model([left, right], [L.Dense(1, activation='sigmoid', name='same')(y),
                                   L.Dense(3, activation='softmax', name='kind')(y)], name='two_pictures')


@model
def nested_shared(K, L):
    """A model in the model, called twice, with a frozen layer (its weights go last in the .h5)."""
    inner_x = K.Input((6, 6, 3), name='inner_image')
    y = L.Conv2D(3, 3, padding='same', name='conv', trainable=False)(inner_x)
    y = L.BatchNormalization(name='bn')(y)
    y = L.Activation('relu', name='relu')(y)
    y = L.Conv2D(3, 1, name='point')(y)
    block = K.Model(inner_x, L.Add(name='add')([inner_x, y]), name='block')
    x = K.Input((8, 8, 2), name='image')
    stem = L.Conv2D(3, 3, name='stem')(x)
    pool = L.MaxPooling2D(2, name='pool')
    y = pool(block(block(stem)))
    z = pool(stem)
    y = L.Concatenate(name='concat')([y, z])
    head = K.Sequential([K.Input((3, 3, 6)), L.Conv2D(4, 2, activation='relu', name='conv'),
                         L.Flatten(name='flatten'), L.Dense(3, activation='softmax', name='predictions')], name='head')
    return K.Model(x, head(y), name='nested_shared')


@model
def operations(K, L):
    """Arithmetic and functions on tensors that are no layers: of keras.ops and of TensorFlow."""
    if hasattr(K, 'ops'):
        relu6, mean, reshape, concat = K.ops.relu6, K.ops.mean, K.ops.reshape, K.ops.concatenate
    else:
        import tensorflow as tf
        relu6, mean, reshape, concat = tf.nn.relu6, tf.reduce_mean, tf.reshape, tf.concat
    x = K.Input((6, 6, 3), name='image')
    a = L.Conv2D(4, 3, padding='same', name='conv')(x)
    gate = relu6(a + 3.0) / 6.0  # hard_sigmoid, as MobileNetV3 has it
    b = (1.0 - gate) * a - 0.5
    c = concat([b, a], axis=-1)[:, 1:, ::2, :]
    d = mean(c, axis=[1, 2], keepdims=True)
    y = reshape(d * c, (-1, 5 * 3 * 8))
    y = L.Dense(5, activation='hard_sigmoid', name='gates')(y)
    return K.Model(x, L.Dense(4, activation='softmax', name='predictions')(y), name='operations')


# ------------------------------------------------------------------------- weights, and what Keras computes

def seeded(name):
    import numpy as np
    return np.random.default_rng(zlib.crc32(name.encode()))


def randomize(net, rng):
    """Random weights of a size that keeps values near 1 all the way; random statistics for normalization."""
    values = []
    for w in net.weights:
        kind, shape = w.name.split('/')[-1].split(':')[0], tuple(w.shape)
        if kind in ('gamma', 'moving_variance'):
            v = rng.uniform(0.5, 1.5, shape)
        elif kind == 'alpha':
            v = rng.uniform(0.1, 0.4, shape)
        elif kind in ('mean', 'variance', 'count'):  # of Normalization, adapted to data
            v = w.numpy()
        elif kind in ('beta', 'bias', 'moving_mean'):
            v = rng.normal(0, 0.3, shape)
        else:  # kernels
            v = rng.normal(0, math.sqrt(2 / math.prod(shape[:-1])), shape)
        values.append(v.astype('f4'))
    net.set_weights(values)


def inner_layers(net, prefix=''):
    """(path, layer) of every layer that computes something, nested models opened."""
    for layer in getattr(net, 'operations', net.layers):  # those of Keras 3 that are no layers too
        if hasattr(layer, 'layers'):
            yield from inner_layers(layer, f'{prefix}{layer.name}/')
        elif type(layer).__name__ != 'InputLayer':
            yield prefix + layer.name, layer


def watch(net):
    """Makes every layer record what it gives, in the order of execution: a list of (path, kind, tensor)."""
    record, calls = [], {}

    def wrap(path, layer, call):
        def recording(*args, **kwargs):
            y = call(*args, **kwargs)
            k = calls[path] = calls.get(path, -1) + 1
            record.append((f'{path}#{k}' if k else path, type(layer).__name__, y))
            return y
        return recording

    for path, layer in inner_layers(net):
        layer.call = wrap(path, layer, layer.call)
    return record


def last_layer(net):
    return last_layer(net.layers[-1]) if hasattr(net.layers[-1], 'layers') else net.layers[-1]


def compute(K, net, inputs, labels):
    """The arrays of expected.npz and the layers for about.json."""
    import numpy as np
    import tensorflow as tf
    xs = [tf.constant(x) for x in inputs]

    def run():
        ys = net(xs if len(xs) > 1 else xs[0], training=False)
        return ys if isinstance(ys, (list, tuple)) else [ys]

    record = watch(net)
    ys = run()
    layers, expected = list(record), {}
    for path, _, y in layers:
        expected[f'layer/{path}'] = y.numpy()
    for i, y in enumerate(ys):
        expected[f'output/{i}'] = y.numpy()

    with tf.GradientTape() as tape:
        tape.watch(xs)
        total = tf.add_n([tf.reduce_sum(y * np.cos(np.arange(tf.size(y).numpy())).astype('f4').reshape(y.shape))
                          for y in run()])
    for i, g in enumerate(tape.gradient(total, xs)):
        expected[f'grad_lin/{i}'] = g.numpy()

    if labels is not None:
        top = last_layer(net)
        assert top.activation.__name__ == 'softmax'
        softmax, top.activation = top.activation, K.activations.linear  # for a moment the net gives logits
        with tf.GradientTape() as tape:
            tape.watch(xs)
            loss = tf.reduce_sum(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, run()[0]))
        for i, g in enumerate(tape.gradient(loss, xs)):
            expected[f'grad_ce/{i}'] = g.numpy()
        top.activation = softmax
    return expected, [dict(path=p, kind=k, shape=list(y.shape[1:])) for p, k, y in layers]


def write_model_fixture(K, version, prefix, name, out):
    import numpy as np
    K.backend.clear_session()
    net = MODELS[name](K, K.layers)
    rng = seeded(name)
    randomize(net, rng)
    inputs = [rng.uniform(0, 1, (BATCH, *x.shape[1:])).astype('f4') for x in net.inputs]
    labels = None
    if len(net.outputs) == 1:
        labels = rng.integers(0, net.outputs[0].shape[-1], BATCH).astype('i4')

    folder = out / f'{prefix}{name}'
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    net.save(folder / 'model.h5')
    if not prefix:
        net.save(folder / 'model.keras')
        settle_keras_file(folder / 'model.keras')
    expected, layers = compute(K, net, inputs, labels)
    np.savez_compressed(folder / 'input.npz', **{str(i): x for i, x in enumerate(inputs)})
    np.savez_compressed(folder / 'expected.npz', **expected)
    about = dict(source='random weights, scripts/make_fixtures.py', keras=version,
                 reference='tf_keras' if prefix else 'Keras 3', label=None if labels is None else labels.tolist())
    lines = ',\n'.join('  ' + json.dumps(x) for x in layers)
    (folder / 'about.json').write_text(json.dumps(about)[:-1] + f', "layers": [\n{lines}\n]}}\n')

    # the files say the same as the model they were saved from
    for file in sorted(folder.glob('model.*')):
        if (name, file.suffix, prefix) == ('operations', '.h5', ''):
            continue  # Keras 3 does not open its own .h5 files with operations
        y = K.models.load_model(file, compile=False)(inputs if len(inputs) > 1 else inputs[0], training=False)
        for i, v in enumerate(y if isinstance(y, (list, tuple)) else [y]):
            if not np.array_equal(v.numpy(), expected[f'output/{i}']):
                raise SystemExit(f'{file} does not give what the model gave')
    for key, value in expected.items():
        if not np.isfinite(value).all() or not value.any():
            raise SystemExit(f'{folder.name}: {key} is all zero or not finite')
    return len(layers)


# --------------------------------------------------------------------------------- damaged and unusual files

def small_net(L, *between, keras):
    return keras.Sequential([
        keras.Input((28, 28, 1)),
        L.Conv2D(3, 3, strides=2, activation='relu', name='conv'),
        *between,
        L.MaxPooling2D(4, name='pool'),
        L.Flatten(name='flatten'),
        L.Dense(10, activation='softmax', name='predictions'),
    ], name='small')


def seven():
    """A drawn 7, as the net wants it: (28, 28, 1), 0..1."""
    import numpy as np
    x = np.zeros((28, 28, 1), 'f4')
    x[6:8, 7:20] = 1
    for row in range(8, 22):
        left = 18 - (row - 8) // 2
        x[row, left:left + 2] = 1
        x[row, left - 1] = 0.5
    return x


def write_odd(K, tfk, out):
    import h5py
    import numpy as np
    from PIL import Image
    L, odd = K.layers, out / 'odd'
    shutil.rmtree(odd, ignore_errors=True)
    odd.mkdir(parents=True)
    about = {}

    def save(name, net, what, inspect=0, run=0):
        K.backend.clear_session()
        randomize(net, seeded('odd'))
        net.save(odd / name)
        note(name, what, inspect, run)

    def note(name, what, inspect=3, run=3):
        about[name] = dict(what=what, inspect=inspect, run=run)

    def change(name, edit, what, inspect=3, source='intact.h5'):
        """A copy of a good file with something changed by edit(h5py file)."""
        shutil.copyfile(odd / source, odd / name)
        with h5py.File(odd / name, 'r+') as f:
            edit(f)
        note(name, what, inspect)

    def new_config(edit):
        def apply(f):
            config = json.loads(f.attrs['model_config'])
            edit(config)
            f.attrs['model_config'] = json.dumps(config).encode()
        return apply

    np.save(odd / 'digit.npy', seven())
    net = small_net(L, keras=K)
    save('intact.h5', net, 'a good file, for comparison')
    net.save(odd / 'intact.keras')
    settle_keras_file(odd / 'intact.keras')
    note('intact.keras', 'the same model', 0, 0)

    # not Keras models at all
    (odd / 'empty.h5').write_bytes(b'')
    note('empty.h5', 'no bytes')
    (odd / 'text.h5').write_text('This is a text file, whatever its name says.\n')
    note('text.h5', 'a text file')
    Image.fromarray((seven()[..., 0] * 255).astype('u1')).save(odd / 'picture.h5', 'PNG')
    note('picture.h5', 'a PNG picture')
    with h5py.File(odd / 'no_model.h5', 'w') as f:
        f['measurements/x'] = np.arange(6, dtype='f4').reshape(2, 3)
    note('no_model.h5', 'good HDF5, but no Keras model')
    net.save_weights(odd / 'only.weights.h5')
    (odd / 'only.weights.h5').rename(odd / 'weights_only.h5')
    note('weights_only.h5', 'weights without the architecture, as Keras 3 lays them out')
    old = small_net(tfk.layers, keras=tfk)
    randomize(old, seeded('odd'))
    old.save_weights(odd / 'weights_only_legacy.h5')
    note('weights_only_legacy.h5', 'weights without the architecture, as Keras 2 lays them out')

    # damaged
    for file, share in ('intact.h5', 0.5), ('intact.keras', 0.8):
        data = (odd / file).read_bytes()
        name = file.replace('intact', 'truncated')
        (odd / name).write_bytes(data[:int(share * len(data))])
        note(name, f'{file}, cut off after {share:.0%}')

    def cut_json(f):
        f.attrs['model_config'] = f.attrs['model_config'][:200].encode()
    change('bad_json.h5', cut_json, 'model_config stops in the middle of the JSON')
    kernel = 'model_weights/conv/small/conv/kernel'

    def drop(f):
        del f[kernel]
    change('missing_weight.h5', drop, 'the kernel of layer conv is not in the file', inspect=0)

    def reshape(f):
        del f[kernel]
        f[kernel] = np.ones((5, 5, 1, 3), 'f4')
    change('wrong_shape.h5', reshape, 'the kernel of layer conv is 5x5 and should be 3x3', inspect=0)

    x = K.Input((28, 28, 1), name='image')
    join = L.Add(name='join')([x, x])
    y = L.Conv2D(1, 3, padding='same', name='loop')(join)
    y = L.GlobalAveragePooling2D(name='gap')(y)
    save('cycle.h5', K.Model(x, L.Dense(10, activation='softmax', name='predictions')(y), name='cycle'), '')

    def tie(config):
        (join,) = (layer for layer in config['config']['layers'] if layer['name'] == 'join')
        join['inbound_nodes'][0]['args'][0][1]['config']['keras_history'] = ['loop', 0, 0]
    (odd / 'cycle.h5').rename(odd / 'straight.h5')
    change('cycle.h5', new_config(tie), 'layers join and loop wait for each other', source='straight.h5')
    (odd / 'straight.h5').unlink()

    # good files, stored as Keras does not
    for file, what, filters, chunk in [('lzf.h5', 'compressed with LZF', 'lzf', 1000),
                                       ('chunks.h5', 'of at most 2 a side, compressed with gzip', 'gzip', 2)]:
        with h5py.File(odd / 'intact.h5') as f, h5py.File(odd / file, 'w', libver='latest') as g:
            g.attrs.update(f.attrs)

            def pack(name, x):
                if isinstance(x, h5py.Dataset):
                    g.create_dataset(name, data=x[()], compression=filters, shuffle=True, fletcher32=True,
                                     chunks=tuple(min(n, chunk) for n in x.shape))
                else:
                    g.require_group(name).attrs.update(x.attrs)
            f.visititems(pack)
        note(file, f'intact.h5 in chunks, {what}, in the newest format', 0, 0)

    # good files with layers that cannot run here
    # compiled under a made-up file name: the bytecode in the model would otherwise hold this file's path
    double = eval(compile('lambda x: x * 2', 'double.py', 'eval'))
    save('lambda.h5', small_net(L, L.Lambda(double, name='double'), keras=K),
         'has a Lambda layer, which holds Python bytecode', 0, 4)

    @K.saving.register_keras_serializable('Example')
    class Sharpen(L.Layer):
        def call(self, x):
            return x * x
    save('custom_layer.h5', small_net(L, Sharpen(name='sharpen'), keras=K), "has a layer of a user's own class", 0, 4)
    lstm = K.Sequential([K.Input((28, 28, 1)), L.Conv2D(2, 3, strides=2, activation='relu', name='conv'),
                         L.Reshape((13, 26), name='rows'), L.LSTM(4, name='lstm'),
                         L.Dense(10, activation='softmax', name='predictions')], name='lstm')
    save('lstm.h5', lstm, 'has an LSTM layer', 0, 4)

    lines = ',\n'.join(f'  {json.dumps(n)}: {json.dumps(about[n])}' for n in sorted(about))
    (odd / 'about.json').write_text(f'{{\n{lines}\n}}\n')
    return len(about)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--out', type=pathlib.Path, metavar='DIR', default=ROOT / 'tests' / 'fixtures',
                    help='where to write (default: tests/fixtures in the project)')
    ap.add_argument('--only', default='', metavar='TEXT', help='only the fixtures with TEXT in their name')
    args = ap.parse_args()

    os.environ['KERAS_BACKEND'] = 'tensorflow'
    os.environ['TF_ENABLE_ONEDNN_OPTS'] = '0'  # its sums differ from one processor to the next
    os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
    import keras
    import tensorflow as tf
    import tf_keras
    for noisy in 'absl', 'tensorflow':
        logging.getLogger(noisy).setLevel(logging.ERROR)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)

    for name in MODELS:
        for K, prefix in (keras, ''), (tf_keras, 'tfk_'):
            if args.only in prefix + name:
                layers = write_model_fixture(K, K.__version__, prefix, name, args.out)
                print(f'{prefix}{name}: {layers} layer outputs', flush=True)
    if args.only in 'odd':
        print(f'odd: {write_odd(keras, tf_keras, args.out)} files')
    return 0


if __name__ == '__main__':
    sys.exit(main())
