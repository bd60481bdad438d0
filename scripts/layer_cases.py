"""Models for check_layers.py: every layer kind with many options. Attention, wrappers and masks are in
sequence_cases.py."""
import numpy as np

from cases import CASES, add, channels_first, layer, merging, model  # noqa: F401

SPACES = {1: (11,), 2: (9, 8), 3: (6, 5, 7)}
# On a CPU TensorFlow computes channels_first only with XLA, which adds the bias of some sizes to wrong channels, and
# passes the gradient of a maximum to another one of equal values.
FIRST = dict(data_format="channels_first", use_bias=False)

# ------------------------------------------------------------------------------------------------ convolutions

for axes, size in SPACES.items():
    first = (3, 2, 4)[:axes]
    for padding in "valid", "same":
        conv = dict(filters=4, padding=padding)
        for kind in f"Conv{axes}D", f"Conv{axes}DTranspose":
            layer(kind, (*size, 3), kernel_size=first, strides=2, **conv)
            layer(kind, (*size, 3), kernel_size=2, strides=3, use_bias=False, **conv)
            layer(kind, (*size, 3), kernel_size=4, activation="tanh", **conv)
            layer(kind, (*size, 3), kernel_size=3, dilation_rate=2, **conv)
            layer(kind, (*size, 3), kernel_size=1, strides=2, activation="softmax", **conv)
            layer(kind, channels_first((*size, 3)), kernel_size=3, strides=2, **FIRST, **conv)
            layer(kind, channels_first((*size, 3)), kernel_size=2, activation="softmax", **FIRST, **conv)
        layer(f"Conv{axes}D", (*size, 4), kernel_size=3, groups=2, strides=2, **conv)
        layer(f"Conv{axes}D", (*size, 4), kernel_size=3, groups=4, **conv)
        layer(f"Conv{axes}D", (*size, 4), kernel_size=2, groups=2, dilation_rate=2, activation="relu", **conv)
        layer(f"Conv{axes}D", (*size, 4), kernel_size=3, groups=4, filters=8, padding=padding)
        layer(f"Conv{axes}D", channels_first((*size, 4)), kernel_size=3, groups=2, **FIRST, **conv)
        for out in 0, 1:
            layer(f"Conv{axes}DTranspose", (*size, 3), kernel_size=3, strides=2, output_padding=out, **conv)
            layer(f"Conv{axes}DTranspose", (*size, 3), kernel_size=2, strides=3, output_padding=out, **conv)
        layer(f"Conv{axes}DTranspose", channels_first((*size, 3)), kernel_size=3, strides=2, output_padding=1,
              **FIRST, **conv)
    if axes < 3:
        for padding in "valid", "same":
            for kind, more in (f"DepthwiseConv{axes}D", {}), (f"SeparableConv{axes}D", dict(filters=5)):
                layer(kind, (*size, 3), kernel_size=first, padding=padding, **more)
                layer(kind, (*size, 3), kernel_size=3, strides=2, depth_multiplier=2, padding=padding, **more)
                layer(kind, (*size, 3), kernel_size=2, dilation_rate=2, padding=padding, activation="elu", **more)
                layer(kind, (*size, 3), kernel_size=4, use_bias=False, padding=padding, **more)
                layer(kind, channels_first((*size, 3)), kernel_size=3, depth_multiplier=2, padding=padding, **FIRST, **more)
        layer(f"DepthwiseConv{axes}D", (*size, 1), kernel_size=3, depth_multiplier=3)
layer("Conv2D", (9, 8, 3), 4, (3, 1), strides=(1, 2), dilation_rate=(2, 1))
layer("Conv2D", (9, 8, 3), 4, (3, 1), strides=(2, 3), padding="same")
layer("Conv2D", (9, 8, 3), 4, (9, 8))
layer("Conv2D", (5, 5, 3), 4, 7, padding="same")
layer("Conv2D", (3, 3, 20), 33, 1)
layer("Conv2D", (12, 12, 16), 24, 3, padding="same", activation="gelu")
layer("Conv2D", (17, 19, 8), 16, 5, strides=2, padding="same")
layer("Conv2D", (12, 12, 6), 6, 3, groups=6, strides=2, padding="same")
layer("Conv2DTranspose", (5, 6, 3), 4, (3, 2), strides=(2, 3), output_padding=(1, 2))
layer("Conv2DTranspose", (5, 6, 3), 4, (2, 5), strides=(3, 1), padding="same")
layer("Conv2DTranspose", (5, 6, 3), 4, 3, dilation_rate=(1, 3), padding="same")
layer("Conv3D", (4, 5, 6, 2), 3, (1, 2, 3), strides=(2, 1, 2), padding="same", activation="relu")
for options in dict(kernel_size=3), dict(kernel_size=2, dilation_rate=3), dict(kernel_size=3,
    strides=2), dict(kernel_size=4, groups=2):
    layer("Conv1D", (11, 4), 4, padding="causal", **options)
layer("SeparableConv1D", (11, 4), 4, 3, padding="causal")
layer("SeparableConv1D", (11, 4), 4, 3, padding="causal", dilation_rate=2)
layer("DepthwiseConv1D", (11, 4), 3, padding="causal")

# -------------------------------------------------------------------------------------- pooling, size and place

for axes, size in SPACES.items():
    shape = (*size, 3)
    for kind in "Max", "Average":
        for options in (dict(pool_size=2), dict(pool_size=3, strides=2), dict(pool_size=2, strides=3),
                        dict(pool_size=(3, 2, 1)[:axes], strides=1), dict(pool_size=5, strides=1)):
            for padding in "valid", "same":
                layer(f"{kind}Pooling{axes}D", shape, padding=padding, **options)
        layer(f"{kind}Pooling{axes}D", channels_first(shape), pool_size=2, data_format="channels_first", how=dict(ties=False))
        layer(f"{kind}Pooling{axes}D", channels_first(shape), pool_size=3, strides=2, padding="same",
            data_format="channels_first",
              how=dict(ties=False))
        for keep in False, True:
            layer(f"Global{kind}Pooling{axes}D", shape, keepdims=keep)
            layer(f"Global{kind}Pooling{axes}D", channels_first(shape), keepdims=keep, data_format="channels_first")
    sides = [(0, 1), (2, 1), (1, 0)][:axes] if axes > 1 else (1, 3)
    layer(f"ZeroPadding{axes}D", shape, 2)
    layer(f"ZeroPadding{axes}D", shape, sides)
    layer(f"Cropping{axes}D", shape, 1)
    layer(f"Cropping{axes}D", shape, sides)
    layer(f"UpSampling{axes}D", shape, 2)
    layer(f"UpSampling{axes}D", shape, (3, 1, 2)[:axes] if axes > 1 else 3)
    for kind in ("ZeroPadding", "Cropping", "UpSampling")[axes == 1:]:
        if axes > 1:
            layer(f"{kind}{axes}D", channels_first(shape), (2, 1, 1)[:axes], data_format="channels_first")
layer("ZeroPadding1D", (3, 7), (1, 2), data_format="channels_first")
for method in "nearest", "bilinear", "bicubic", "lanczos3", "lanczos5", "area":
    resized = dict(interpolation=method, how=dict(gradient=method != "area"))
    layer("UpSampling2D", (5, 4, 2), (2, 3), **resized)
    for height, width in (7, 9), (3, 2), (10, 8), (5, 4), (1, 1), (4, 11):
        layer("Resizing", (5, 4, 2), height, width, **resized)
    layer("Resizing", (9, 5, 2), 6, 7, crop_to_aspect_ratio=True, **resized)
    layer("Resizing", (9, 5, 2), 6, 7, pad_to_aspect_ratio=True, **resized)
    layer("Resizing", (9, 5, 2), 4, 3, antialias=True, **resized)
layer("UpSampling2D", (2, 5, 4), 2, interpolation="bilinear", data_format="channels_first")
layer("Resizing", (2, 9, 5), 4, 7, data_format="channels_first")
layer("Resizing", (9, 5, 2), 6, 7, pad_to_aspect_ratio=True, fill_value=0.5)
layer("Resizing", (5, 9, 2), 7, 4, crop_to_aspect_ratio=True)
layer("Resizing", (5, 9, 2), 20, 30, crop_to_aspect_ratio=True)
for size in (4, 3), (5, 5), (9, 8), (3, 8), (12, 5), (20, 20):
    layer("CenterCrop", (9, 8, 2), *size)
layer("CenterCrop", (2, 9, 8), 4, 5, data_format="channels_first")
layer("RandomCrop", (9, 8, 2), 4, 5)
layer("RandomCrop", (9, 8, 2), 12, 5)
layer("Flatten", (4, 5, 3))
layer("Flatten", (3, 4, 5), data_format="channels_first")
layer("Flatten", (5,))
layer("Flatten", ())
for target in (-1,), (5, -1), (-1, 3), (2, 2, -1, 3), (60,), (3, 20), (1, 60), (60, 1), (3, -1, 5, 2):
    layer("Reshape", (4, 5, 3), target)
layer("Permute", (4, 5, 3), (3, 1, 2))
layer("Permute", (4, 5), (2, 1))
layer("Permute", (2, 3, 4, 5), (4, 2, 3, 1))
layer("RepeatVector", (5,), 3)
layer("Embedding", (6,), 7, 4, dtype="int32")
layer("Embedding", (2, 3), 7, 4, dtype="int32")
layer("Embedding", (6,), 7, 4, mask_zero=True, dtype="int32")

# ------------------------------------------------------------------------------------------------------- dense

for shape in (5,), (4, 5), (3, 4, 5), (2, 3, 4, 5):
    layer("Dense", shape, 6)
    layer("Dense", shape, 6, use_bias=False, activation="relu")
layer("Dense", (5,), 4, activation="softmax")
layer("Dense", (5,), 1, activation="sigmoid")
layer("Dense", (300,), 200)
layer("EinsumDense", (4, 5), "abc,cd->abd", output_shape=(None, 6), bias_axes="d", how=dict(refused=True))

# ----------------------------------------------------------------------------------------------- normalization

for shape in (5,), (6, 5), (4, 3, 5), (2, 3, 4, 5):
    for options in {}, dict(center=False), dict(scale=False), dict(center=False, scale=False), dict(epsilon=0.1):
        layer("BatchNormalization", shape, **options)
        layer("LayerNormalization", shape, **options)
        if len(shape) > 1:
            layer("GroupNormalization", shape, groups=5, **options)
    for axis in range(1, len(shape) + 1):
        layer("BatchNormalization", shape, axis=axis)
        layer("BatchNormalization", shape, axis=-axis)
        layer("LayerNormalization", shape, axis=axis)
        layer("LayerNormalization", shape, axis=-axis)
        layer("UnitNormalization", shape, axis=axis)
        layer("RMSNormalization", shape, axis=axis)
        layer("RMSNormalization", shape, axis=-axis)
        layer("Softmax", shape, axis=axis)
        layer("Softmax", shape, axis=-axis)
    layer("RMSNormalization", shape, epsilon=0.1)
    layer("UnitNormalization", shape)
    if len(shape) > 1:
        for axes in [-2, -1], [1, 2], (2, 1):
            layer("LayerNormalization", shape, axis=axes)
            layer("RMSNormalization", shape, axis=axes)
            layer("UnitNormalization", shape, axis=axes)
            layer("Softmax", shape, axis=axes)
layer("BatchNormalization", (4, 3, 5), trainable=False)
layer("BatchNormalization", (4, 3, 5), momentum=0.5, renorm=False)
layer("LayerNormalization", (4, 3, 5), axis=[1, 3])
layer("LayerNormalization", (4, 3, 5), axis=[1, 2, 3], scale=False)
layer("LayerNormalization", (4, 3, 5), rms_scaling=True)
layer("UnitNormalization", (4, 3, 5), axis=[1, 3])
for groups in 1, -1, 2, 3, 6:  # with one or two values per group only rounding is left
    layer("GroupNormalization", (4, 3, 6), groups=groups)
    layer("GroupNormalization", (6, 4, 3), groups=groups, axis=1)
    layer("GroupNormalization", (4, 6, 3), groups=groups, axis=2)
    layer("GroupNormalization", (5, 6), groups=groups, scale=False)
    layer("GroupNormalization", (18,), groups=groups)
layer("Normalization", (4, 3, 2), mean=[1.0, 2.0], variance=[3.0, 0.5])
layer("Normalization", (4, 3, 2), mean=0.5, variance=2.0)
layer("Normalization", (4, 3, 2), mean=[1.0, 2.0], variance=[3.0, 0.5], invert=True)
layer("Normalization", (4, 3, 2), axis=None, mean=0.5, variance=2.0)
layer("Normalization", (4, 3, 2), axis=1, mean=[1.0, 2.0, 3.0, 4.0], variance=[1.0, 2.0, 3.0, 4.0])
layer("Normalization", (3, 2), axis=(1, 2), mean=[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]],
    variance=[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
layer("Rescaling", (4, 3, 2), 0.5)
layer("Rescaling", (4, 3, 2), 1 / 127.5, offset=-1)
layer("Rescaling", (4, 3, 2), [0.5, 2.0], offset=[1.0, -1.0])
layer("Rescaling", (4, 3, 2), 0.5, offset=[1.0, -1.0])
layer("Rescaling", (2, 4, 3), 2, offset=1)


def adapted(axis, shape, invert=False):
    def build(K, L):
        norm = L.Normalization(axis=axis, invert=invert)
        norm.adapt(np.random.default_rng(0).normal(1, 2, (20, *shape)).astype("f4"))
        x = K.Input(shape)
        return K.Model(x, norm(x))
    add(f"Normalization adapted axis={axis} invert={invert} {shape}", build)


for axis in -1, 1, None, (1, 3), (1, 2, 3):
    for invert in False, True:
        adapted(axis, (4, 3, 2), invert)
adapted(-1, (5,))

# ------------------------------------------------------------------------------------------------- activations

NAMES = ("linear relu relu6 leaky_relu elu selu celu gelu glu sigmoid hard_sigmoid silu swish hard_silu hard_swish tanh "
         "hard_tanh tanh_shrink soft_shrink hard_shrink softplus softsign softmax log_softmax log_sigmoid mish "
         "exponential squareplus sparse_plus sparse_sigmoid sparsemax threshold exp").split()
for name in NAMES:
    layer("Activation", (6, 7, 4), name)
    layer("Activation", (4,), name)
    layer("Dense", (5,), 4, activation=name, how=dict(refused=name == "glu"))
    layer("Conv2D", (5, 4, 2), 4, 2, activation=name, how=dict(refused=name == "glu"))
for options in ({}, dict(max_value=2.0), dict(max_value=6), dict(negative_slope=0.25), dict(threshold=1.0),
    dict(threshold=-1.0),
                dict(max_value=1.5, negative_slope=0.1, threshold=0.5), dict(max_value=3.0, threshold=1.0),
                dict(negative_slope=0.5, threshold=1.0), dict(max_value=0.5, threshold=1.0)):
    layer("ReLU", (6, 7, 3), **options)
for options in {}, dict(negative_slope=0.1), dict(alpha=0.1), dict(negative_slope=0.0), dict(alpha=0.0):
    layer("LeakyReLU", (6, 7, 3), **options)
for options in {}, dict(alpha=0.5), dict(alpha=0.0), dict(alpha=2.0):
    layer("ELU", (6, 7, 3), **options)
for options in {}, dict(theta=0.5), dict(theta=0.0):
    layer("ThresholdedReLU", (6, 7, 3), **options)
for shared in None, [1], [2], [1, 2], [3], [1, 2, 3]:
    layer("PReLU", (6, 4, 3), shared_axes=shared)
layer("PReLU", (5,))
layer("Dropout", (5,), 0.5)
layer("SpatialDropout2D", (4, 4, 2), 0.5)
layer("AlphaDropout", (5,), 0.5)
layer("GaussianDropout", (5,), 0.5)
layer("ActivityRegularization", (5,), l1=0.1)
layer("Identity", (5,))
for name in "RandomFlip RandomRotation RandomZoom RandomContrast RandomBrightness RandomTranslation".split():
    layer(name, (4, 4, 3), *([] if name == "RandomFlip" else [0.1] * (2 if name == "RandomTranslation" else 1)))


def activation_by_layer(kind, refused=False, **options):
    def build(K, L):
        x = K.Input((4, 3))
        return K.Model(x, L.Dense(4, activation=getattr(L, kind)(**options))(x))
    add(f"Dense activation={kind} {options}", build, refused=refused)


activation_by_layer("LeakyReLU", negative_slope=0.2)
activation_by_layer("LeakyReLU", alpha=0.2)
activation_by_layer("LeakyReLU")
activation_by_layer("ReLU", max_value=1.0)
activation_by_layer("ReLU", negative_slope=0.5, threshold=0.5)
activation_by_layer("ELU", alpha=0.3)
activation_by_layer("Softmax")
activation_by_layer("Softmax", refused=True, axis=1)
activation_by_layer("PReLU", refused=True)

# ----------------------------------------------------------------------------------------------------- merging

for kind in "Add", "Multiply", "Average", "Maximum", "Minimum":
    merging(kind, (4, 3, 2), (4, 3, 2))
    merging(kind, (4, 3, 2), (4, 3, 2), (4, 3, 2))
    merging(kind, (4, 3, 2), (1, 1, 2))
    merging(kind, (1, 3, 1), (4, 1, 2), (4, 3, 1))
    merging(kind, (4, 3, 2), (2,))
    merging(kind, (2,), (4, 3, 2))
    merging(kind, (4, 3, 2), (3, 2))
    merging(kind, (5,), (5,), (5,), (5,))
merging("Subtract", (4, 3, 2), (4, 3, 2))
merging("Subtract", (4, 3, 2), (4, 1, 2))
merging("Subtract", (2,), (3, 2))
for axis in 1, 2, 3, -1, -2, -3:
    shapes = [[4, 3, 2] for _ in range(3)]
    for i, s in enumerate(shapes):
        s[axis - 1 if axis > 0 else axis] += i
    merging("Concatenate", *map(tuple, shapes), axis=axis)
merging("Concatenate", (5,), (3,))
for normalize in False, True:
    merging("Dot", (5,), (5,), axes=1, normalize=normalize)
    merging("Dot", (5,), (5,), axes=-1, normalize=normalize)
    merging("Dot", (3, 5), (4, 5), axes=2, normalize=normalize)
    merging("Dot", (3, 5), (5, 4), axes=(2, 1), normalize=normalize)
    merging("Dot", (3, 5), (3, 4), axes=1, normalize=normalize)
    merging("Dot", (3, 5), (3, 4), axes=(1, 1), normalize=normalize)
    merging("Dot", (3, 5), (5,), axes=(2, 1), normalize=normalize)
    merging("Dot", (5,), (3, 5), axes=(1, 2), normalize=normalize)
    merging("Dot", (3, 4, 5), (5, 2), axes=(3, 1), normalize=normalize)
    merging("Dot", (3, 4, 5), (2, 5), axes=(3, 2), normalize=normalize)
    merging("Dot", (3, 4, 5), (3, 5), axes=(1, 1), normalize=normalize)
    merging("Dot", (4, 3, 5), (4, 5, 3), axes=(3, 2), normalize=normalize)
    merging("Dot", (3, 5), (4, 5), axes=-1, normalize=normalize)
    merging("Dot", (3, 5), (4, 5), axes=(-1, -1), normalize=normalize)

import sequence_cases  # noqa: E402, F401  (in this order: the number of a case seeds its values)
