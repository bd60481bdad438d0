"""The models that check_layers.py builds: every layer kind in many options. A builder takes the library (keras or
tf_keras) and its layers, and gives a model; what a library does not have, it refuses by itself."""
import dataclasses
from typing import Callable

import numpy as np

CASES = []


@dataclasses.dataclass
class Case:
    name: str
    build: Callable
    library: str = ""       # of both, or of this one alone
    mixed: bool = False     # computed in half precision
    positive: bool = False  # inputs above 0
    below: int = 7          # integer inputs are smaller than this
    spread: float = 1.5     # of the numbers of the first item
    ties: bool = True       # the second item has values on a grid
    refused: bool = False   # nv says that it does not support it
    gradient: bool = True   # TensorFlow has one


def add(name, build, **how):
    while any(c.name == name and c.library == how.get("library", "") for c in CASES):
        name += "'"
    CASES.append(Case(name, build, **how))


def layer(kind, shape, *args, dtype=None, call=None, how=(), **options):
    """One layer on one input."""
    def build(K, L):
        x = K.Input(shape, dtype=dtype)
        return K.Model(x, getattr(L, kind)(*args, **options)(x, **(call or {})))
    said = [*map(str, args), *(f"{k}={v}" for k, v in {**options, **(call or {})}.items())]
    add(f"{kind} {shape} {' '.join(said)}", build, **dict(how))


def merging(kind, *shapes, **options):
    def build(K, L):
        xs = [K.Input(s) for s in shapes]
        return K.Model(xs, getattr(L, kind)(**options)(xs))
    add(f"{kind} {shapes} {options or ''}", build)


def model(build=None, **how):
    """A model of its own: marks its builder."""
    if build is None:
        return lambda b: model(b, **how)
    add(build.__name__, build, **how)
    return build


def turned(shape):
    """The shape of a channels_first image."""
    return (shape[-1], *shape[:-1])


SPACES = {1: (11,), 2: (9, 8), 3: (6, 5, 7)}
# On a CPU TensorFlow computes channels_first with XLA alone, which adds the bias of some sizes to wrong channels, and
# gives the gradient of a maximum to another of equal values.
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
            layer(kind, turned((*size, 3)), kernel_size=3, strides=2, **FIRST, **conv)
            layer(kind, turned((*size, 3)), kernel_size=2, activation="softmax", **FIRST, **conv)
        layer(f"Conv{axes}D", (*size, 4), kernel_size=3, groups=2, strides=2, **conv)
        layer(f"Conv{axes}D", (*size, 4), kernel_size=3, groups=4, **conv)
        layer(f"Conv{axes}D", (*size, 4), kernel_size=2, groups=2, dilation_rate=2, activation="relu", **conv)
        layer(f"Conv{axes}D", (*size, 4), kernel_size=3, groups=4, filters=8, padding=padding)
        layer(f"Conv{axes}D", turned((*size, 4)), kernel_size=3, groups=2, **FIRST, **conv)
        for out in 0, 1:
            layer(f"Conv{axes}DTranspose", (*size, 3), kernel_size=3, strides=2, output_padding=out, **conv)
            layer(f"Conv{axes}DTranspose", (*size, 3), kernel_size=2, strides=3, output_padding=out, **conv)
        layer(f"Conv{axes}DTranspose", turned((*size, 3)), kernel_size=3, strides=2, output_padding=1,
              **FIRST, **conv)
    if axes < 3:
        for padding in "valid", "same":
            for kind, more in (f"DepthwiseConv{axes}D", {}), (f"SeparableConv{axes}D", dict(filters=5)):
                layer(kind, (*size, 3), kernel_size=first, padding=padding, **more)
                layer(kind, (*size, 3), kernel_size=3, strides=2, depth_multiplier=2, padding=padding, **more)
                layer(kind, (*size, 3), kernel_size=2, dilation_rate=2, padding=padding, activation="elu", **more)
                layer(kind, (*size, 3), kernel_size=4, use_bias=False, padding=padding, **more)
                layer(kind, turned((*size, 3)), kernel_size=3, depth_multiplier=2, padding=padding, **FIRST, **more)
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
        layer(f"{kind}Pooling{axes}D", turned(shape), pool_size=2, data_format="channels_first", how=dict(ties=False))
        layer(f"{kind}Pooling{axes}D", turned(shape), pool_size=3, strides=2, padding="same",
            data_format="channels_first",
              how=dict(ties=False))
        for keep in False, True:
            layer(f"Global{kind}Pooling{axes}D", shape, keepdims=keep)
            layer(f"Global{kind}Pooling{axes}D", turned(shape), keepdims=keep, data_format="channels_first")
    sides = [(0, 1), (2, 1), (1, 0)][:axes] if axes > 1 else (1, 3)
    layer(f"ZeroPadding{axes}D", shape, 2)
    layer(f"ZeroPadding{axes}D", shape, sides)
    layer(f"Cropping{axes}D", shape, 1)
    layer(f"Cropping{axes}D", shape, sides)
    layer(f"UpSampling{axes}D", shape, 2)
    layer(f"UpSampling{axes}D", shape, (3, 1, 2)[:axes] if axes > 1 else 3)
    for kind in ("ZeroPadding", "Cropping", "UpSampling")[axes == 1:]:
        if axes > 1:
            layer(f"{kind}{axes}D", turned(shape), (2, 1, 1)[:axes], data_format="channels_first")
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
for groups in 1, -1, 2, 3, 6:  # of one value a group, or two, nothing is left but rounding
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

# --------------------------------------------------------------------------------------------------- attention


def attention(kind, *shapes, call=None, options=None, by_name=(), gets=None):
    """Called with its inputs in a list, or in turn (MultiHeadAttention), and by name."""
    def build(K, L):
        xs = [K.Input(s) for s in shapes]
        some = len(xs) - len(by_name)
        named = dict(zip(by_name, xs[some:]))
        made = getattr(L, kind)(**(options or {}))
        y = made(*xs[:some], **named, **(call or {})) if kind == "MultiHeadAttention" else made(xs, **(call or {}))
        return K.Model(xs, y if gets is None else [y[g] for g in gets])
    below_0 = any(a < 0 for a in np.ravel((options or {}).get("attention_axes", ()))) and kind == "MultiHeadAttention"
    for library in ("keras", "tf_keras") if below_0 else ("",):
        add(f"{kind} {shapes} {by_name or ''} {options or ''} {call or ''} {gets or ''}", build, library=library,
            spread=0.7,
            ties=False, refused=below_0 and library == "tf_keras")


for options in {}, dict(use_scale=True):
    attention("Attention", (4, 5), (6, 5), options=options)
    attention("Attention", (4, 5), (6, 3), (6, 5), options=options)
    attention("Attention", (4, 5), (4, 5), options=options, call=dict(use_causal_mask=True))
    attention("AdditiveAttention", (4, 5), (6, 5), options=options)
    attention("AdditiveAttention", (4, 5), (6, 3), (6, 5), options=options)
    attention("AdditiveAttention", (4, 5), (4, 5), options=options, call=dict(use_causal_mask=True))
attention("Attention", (4, 5), (6, 5), options=dict(score_mode="concat"))
attention("Attention", (4, 5), (6, 5), options=dict(score_mode="concat", use_scale=True))
attention("Attention", (4, 5), (6, 5), options=dict(dropout=0.3))
attention("Attention", (4, 5), (6, 5), call=dict(return_attention_scores=True), gets=(0, 1))
attention("AdditiveAttention", (4, 5), (6, 5), options=dict(use_scale=False))
MHA = dict(num_heads=2, key_dim=3)
for options in {}, dict(value_dim=4), dict(output_shape=7), dict(output_shape=(2, 3)), dict(use_bias=False), \
        dict(value_dim=2, output_shape=3, use_bias=False), dict(dropout=0.2):
    attention("MultiHeadAttention", (4, 5), (6, 5), options={**MHA, **options})
attention("MultiHeadAttention", (4, 5), (6, 3), options=MHA)
attention("MultiHeadAttention", (4, 5), (6, 3), (6, 2), options=MHA)
attention("MultiHeadAttention", (4, 5), (6, 3), (6, 2), by_name=("value", "key"), options=MHA)
attention("MultiHeadAttention", (4, 5), (6, 3), (6, 2), by_name=("key", "value"), options=MHA)
attention("MultiHeadAttention", (4, 5), (6, 3), (6, 2), by_name=("query", "key", "value"), options=MHA)
attention("MultiHeadAttention", (4, 5), (4, 5), options=MHA, call=dict(use_causal_mask=True))
attention("MultiHeadAttention", (4, 5), (6, 5), options=MHA, call=dict(return_attention_scores=True), gets=(0,))
attention("MultiHeadAttention", (4, 5), (6, 5), options=MHA, call=dict(return_attention_scores=True), gets=(0, 1))
for axes in (1,), (2,), (1, 2), 2, (-2,):
    attention("MultiHeadAttention", (3, 4, 5), (3, 4, 5), options=dict(**MHA, attention_axes=axes))
attention("MultiHeadAttention", (3, 4, 5), (2, 6, 5), options=dict(**MHA, attention_axes=(1, 2)))
attention("MultiHeadAttention", (3, 4, 5), (3, 6, 5), options=dict(**MHA, attention_axes=(2,)))
attention("MultiHeadAttention", (3, 4, 5), (3, 4, 5), options=MHA)


@model
def self_attention(K, L):
    x = K.Input((4, 5))
    return K.Model(x, L.MultiHeadAttention(2, 3)(x, x, x))


@model
def self_attention_of_two(K, L):
    x = K.Input((4, 5))
    return K.Model(x, [L.MultiHeadAttention(2, 3)(x, x), L.Attention()([x, x])])


@model
def attention_with_a_mask(K, L):
    x, m = K.Input((4, 5)), K.Input((4, 6), dtype="bool")
    y = K.Input((6, 5))
    return K.Model([x, y, m], L.MultiHeadAttention(2, 3)(x, y, attention_mask=m))


# ------------------------------------------------------------------------------------ time and other wrappers

INNER = [("Dense", (4,), {"activation": "relu"}), ("Conv2D", (3, 2), {}), ("Flatten", (), {}),
    ("MaxPooling2D", (2,), {}),
         ("BatchNormalization", (), {}), ("GlobalAveragePooling2D", (), {}), ("Conv2DTranspose", (2, 2), {}),
         ("DepthwiseConv2D", (2,), {}), ("SeparableConv2D", (3, 2), {}), ("LayerNormalization", (), {}),
         ("Activation", ("softmax",), {}),
         ("Dropout", (0.5,), {}), ("Reshape", ((-1,),), {}), ("UpSampling2D", (2,), {}),
         ("ReLU", (), {"max_value": 1.0}),
         ("Rescaling", (0.5,), {}), ("ZeroPadding2D", (1,), {}), ("PReLU", (), {}), ("Permute", ((2, 1, 3),), {})]
for kind, args, options in INNER:
    def timed(K, L, kind=kind, args=args, options=options):
        x = K.Input((3, 4, 4, 2))
        return K.Model(x, L.TimeDistributed(getattr(L, kind)(*args, **options))(x))
    add(f"TimeDistributed {kind}", timed)


@model
def timed_dense(K, L):
    x = K.Input((3, 5))
    return K.Model(x, L.TimeDistributed(L.Dense(4))(x))


@model
def timed_conv1d(K, L):
    x = K.Input((3, 6, 2))
    return K.Model(x, L.TimeDistributed(L.Conv1D(4, 3, padding="causal"))(x))


@model(refused=True)
def timed_model(K, L):
    inner = K.Sequential([K.Input((4, 4, 2)), L.Conv2D(3, 2, activation="relu"), L.BatchNormalization(), L.Flatten(),
        L.Dense(2)])
    x = K.Input((3, 4, 4, 2))
    return K.Model(x, L.TimeDistributed(inner)(x))


@model
def timed_timed(K, L):
    x = K.Input((2, 3, 5))
    return K.Model(x, L.TimeDistributed(L.TimeDistributed(L.Dense(4)))(x))


@model
def timed_embedding(K, L):
    x = K.Input((3, 5), dtype="int32")
    return K.Model(x, L.TimeDistributed(L.Embedding(7, 2))(x))


# ------------------------------------------------------------------------------------------ masks that matter

for name in "GlobalAveragePooling1D", "Flatten", "Dense", "Conv1D", "GlobalMaxPooling1D", "BatchNormalization", "LayerNormalization":
    args = (3, 2) if name == "Conv1D" else (3,) if name == "Dense" else ()

    def masked(K, L, name=name, args=args):
        x = K.Input((6,), dtype="int32")
        return K.Model(x, getattr(L, name)(*args)(L.Embedding(4, 3, mask_zero=True)(x)))
    # Keras 3 writes masks as operations.
    for library in "keras", "tf_keras":
        heeded = name == "GlobalAveragePooling1D" or (name == "BatchNormalization" and library == "keras")
        add(f"{name} behind mask_zero", masked, below=4, library=library, refused=heeded)

    def masking(K, L, name=name, args=args):
        x = K.Input((6, 2))
        return K.Model(x, getattr(L, name)(*args)(L.Masking(0.0)(x)))
    for library in "keras", "tf_keras":
        heeded = name == "GlobalAveragePooling1D" or (name == "BatchNormalization" and library == "keras")
        add(f"{name} behind Masking", masking, library=library, refused=heeded)


@model(below=4, refused=True)
def masked_attention(K, L):
    x, y = K.Input((4,), dtype="int32"), K.Input((6,), dtype="int32")
    e = L.Embedding(4, 3, mask_zero=True)
    return K.Model([x, y], L.Attention()([e(x), e(y)]))


@model(below=4, refused=True)
def masked_multi_head_attention(K, L):
    x, y = K.Input((4,), dtype="int32"), K.Input((6,), dtype="int32")
    e = L.Embedding(4, 3, mask_zero=True)
    return K.Model([x, y], L.MultiHeadAttention(2, 2)(e(x), e(y)))


@model(below=4, refused=True)
def masked_sum(K, L):
    x, y = K.Input((6,), dtype="int32"), K.Input((6,), dtype="int32")
    e = L.Embedding(4, 3, mask_zero=True)
    return K.Model([x, y], L.GlobalAveragePooling1D()(L.Add()([e(x), e(y)])))
