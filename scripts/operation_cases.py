"""Models of operations for check_layers.py: keras.ops on Keras 3 tensors, tf functions and slices on those of tf_keras."""
import keras
import tensorflow as tf
import tf_keras

from layer_cases import add, model

O = keras.ops
SHAPE = (4, 3, 2)


# What nv does not support.
BEYOND = """ops.round1 ops.normalize1 ops.logaddexp ops.rms ops.arctan2 ops.hypot ops.pad_reflect ops.pad_symmetric ops.append ops.hstack
ops.roll ops.take ops.broadcast_to ops.where ops.cumsum ops.take_along_axis ops.median ops.einsum ops.argmax
tf.nn.crelu tf.image.resize_aspect tf.silu_beta tf.multiply_no_nan tf.pad_reflect tf.pad_symmetric tf.roll tf.gather tf.where tf.cumsum tf.strided_slice tf.slice""".split()


def case(library, name, make, *shapes, refused=False, **how):
    def build(K, L):
        xs = [K.Input(s) for s in shapes or (SHAPE,)]
        return K.Model(xs, make(*xs))
    add(name, build, library=library, **how,
        refused=refused or name.split()[0] in BEYOND or name.replace(" ", "_") in BEYOND)


def keras_ops(**functions):
    for name, make in functions.items():
        case("keras", f"ops.{name}", make)


def numbered(library, name, functions, *shapes, **how):
    """Variants of one function."""
    for i, make in enumerate(functions):
        case(library, f"{name} {i}", make, *shapes, **how)


# ------------------------------------------------------------------------- what Python's operators make, in both libraries

for library in "keras", "tf_keras":
    numbered(library, "scalar operators", [
        lambda x: x + 1, lambda x: 1.5 + x, lambda x: x - 2, lambda x: 2 - x, lambda x: x * 0.5, lambda x: 3 * x,
        lambda x: x / 4, lambda x: -x, lambda x: x ** 2, lambda x: x ** 3, lambda x: 2 * x + 1 - x / 3,
        lambda x: x * x + x,
        lambda x: abs(x), lambda x: x // 2, lambda x: x % 2, lambda x: 1.0 - x * 2.0, lambda x: x % -1.5])
    numbered(library, "scalar operators of what is above 0",
             [lambda x: 1 / x, lambda x: 2 ** x, lambda x: x ** 0.5, lambda x: x ** -1, lambda x: x ** 1.7,
             lambda x: 2 // x, lambda x: 5 % x],
             positive=True)
    numbered(library, "operators", [lambda x, y: x + y, lambda x, y: x - y, lambda x, y: x * y, lambda x, y: y - x,
        lambda x, y: x + 2 * y],
             SHAPE, SHAPE)
    numbered(library, "operators with broadcasting", [lambda x, y: x + y, lambda x, y: y - x, lambda x, y: x * y],
        SHAPE, (1, 3, 1))
    numbered(library, "operators of ranks", [lambda x, y: x + y, lambda x, y: y * x], SHAPE, (2,))
    numbered(library, "operators above 0", [lambda x, y: x / y, lambda x, y: x ** y, lambda x, y: x // y,
        lambda x, y: x % y], SHAPE, SHAPE,
             positive=True)
    numbered(library, "matrix operator", [lambda x, y: x @ y], (4, 3), (3, 5))
    numbered(library, "slices", [
        lambda x: x[:, 0], lambda x: x[:, -1], lambda x: x[:, 1:3], lambda x: x[:, ::2], lambda x: x[:, ::-1],
        lambda x: x[:, -3:-1], lambda x: x[:, :, 1], lambda x: x[..., 0], lambda x: x[..., :1],
        lambda x: x[..., ::-1],
        lambda x: x[:, 1, ..., 0], lambda x: x[:, None], lambda x: x[:, :, None, 1], lambda x: x[..., None],
        lambda x: x[:, 0, 0, 0],
        lambda x: x[:, 3:0:-2], lambda x: x[:, 1:-1, 1:], lambda x: x[:, -2], lambda x: x[:, 10:],
        lambda x: x[:, :10],
        lambda x: x[:, 0:4:3, ::-1, 1:], lambda x: x[:, 1][:, None, :, :], lambda x: x[:], lambda x: x[...],
        lambda x: x[:, ..., 1:2],
        lambda x: x[:, :-1] + x[:, 1:], lambda x: x[:, -1::-1]])

# -------------------------------------------------------------------------------------------- elementwise, Keras 3

keras_ops(
    add=lambda x: O.add(x, 2.0), subtract=lambda x: O.subtract(1.0, x), multiply=lambda x: O.multiply(x, x),
    negative=O.negative, absolute=O.absolute, abs=O.abs, square=O.square, exp=O.exp, expm1=O.expm1, sin=O.sin,
    cos=O.cos, tanh=O.tanh,
    sinh=O.sinh, cosh=O.cosh, arctan=O.arctan, sign=O.sign, floor=O.floor, ceil=O.ceil, round=O.round, erf=O.erf,
    sigmoid=O.sigmoid, relu=O.relu, relu6=O.relu6, silu=O.silu, gelu=O.gelu,
    gelu_exact=lambda x: O.gelu(x, approximate=False),
    gelu_tanh=lambda x: O.gelu(x, approximate=True), elu=O.elu, elu_alpha=lambda x: O.elu(x, alpha=0.5), selu=O.selu,
    celu=O.celu,
    celu_alpha=lambda x: O.celu(x, alpha=2.0), leaky_relu=O.leaky_relu,
    leaky_relu_slope=lambda x: O.leaky_relu(x, negative_slope=0.3),
    hard_sigmoid=O.hard_sigmoid, hard_silu=O.hard_silu, hard_swish=O.hard_swish, hard_tanh=O.hard_tanh,
    softplus=O.softplus,
    softsign=O.softsign, log_sigmoid=O.log_sigmoid, soft_shrink=O.soft_shrink,
    soft_shrink_t=lambda x: O.soft_shrink(x, threshold=1.0),
    hard_shrink=O.hard_shrink, hard_shrink_t=lambda x: O.hard_shrink(x, threshold=1.0), tanh_shrink=O.tanh_shrink,
    squareplus=O.squareplus, squareplus_b=lambda x: O.squareplus(x, b=2), sparse_plus=O.sparse_plus,
    sparse_sigmoid=O.sparse_sigmoid,
    threshold=lambda x: O.threshold(x, 0.5, -1.0), softmax=O.softmax, softmax_axis=lambda x: O.softmax(x, axis=1),
    softmax_axes=lambda x: O.softmax(x, axis=(1, 2)), log_softmax=O.log_softmax,
    log_softmax_axis=lambda x: O.log_softmax(x, axis=2),
    sparsemax=O.sparsemax, sparsemax_axis=lambda x: O.sparsemax(x, axis=1), glu=O.glu,
    glu_axis=lambda x: O.glu(x, axis=1),
    clip=lambda x: O.clip(x, -1.0, 1.5), cast=lambda x: O.cast(x, "float32"),
    stop_gradient=lambda x: x + O.stop_gradient(x),
    copy=O.copy, maximum=lambda x: O.maximum(x, 0.5), minimum=lambda x: O.minimum(0.5, x),
    identity=lambda x: O.add(x, 0),
    divide=lambda x: O.divide(x, 3), true_divide=lambda x: O.true_divide(x, 3), power=lambda x: O.power(x, 2),
    mod=lambda x: O.mod(x, 2.0),
    floor_divide=lambda x: O.floor_divide(x, 2.0), divide_no_nan=lambda x: O.divide_no_nan(x, O.floor(x)),
    round1=lambda x: O.round(x, 1),
    normalize=lambda x: O.normalize(x, axis=-1), normalize_axis=lambda x: O.normalize(x, axis=1),
    normalize1=lambda x: O.normalize(x, axis=2, order=1),
    arcsinh=O.arcsinh, logaddexp=lambda x: O.logaddexp(x, 1.0), softplus2=lambda x: O.softplus(x * 20),
    rms=lambda x: O.rms_normalization(x),
    constant=lambda x: x + O.convert_to_tensor([1.0, 2.0]), constant_left=lambda x: O.convert_to_tensor([[1.0],
    [2.0], [3.0]]) * x)
for name in "log log2 log10 log1p sqrt rsqrt reciprocal".split():
    case("keras", f"ops.{name}", getattr(O, name), positive=True)
case("keras", "ops.tan", lambda x: O.tan(x / 4))
case("keras", "ops.arcsin", lambda x: O.arcsin(x / 10))
case("keras", "ops.arctan2", O.arctan2, SHAPE, SHAPE)
case("keras", "ops.hypot", O.hypot, SHAPE, SHAPE)
numbered("keras", "ops.maximum of two", [O.maximum, O.minimum, O.add, O.subtract, O.multiply], SHAPE, (1, 1, 2))

# ------------------------------------------------------------------------------------------------ shapes, Keras 3

keras_ops(
    reshape=lambda x: O.reshape(x, (-1, 6, 4)), reshape_batch=lambda x: O.reshape(x, (-1, 24)),
        reshape_open=lambda x: O.reshape(x, (-1, 2, 12)),
    flatten=lambda x: O.reshape(x, (-1, 4 * 3 * 2)), transpose=lambda x: O.transpose(x, (0, 3, 1, 2)),
    swapaxes=lambda x: O.swapaxes(x, 1, 3),
    swapaxes_negative=lambda x: O.swapaxes(x, -1, -2), moveaxis=lambda x: O.moveaxis(x, 1, -1),
    moveaxis2=lambda x: O.moveaxis(x, (1, 2), (3, 1)),
    transpose_negative=lambda x: O.transpose(x, (0, -1, 1, 2)),
    expand_dims=lambda x: O.expand_dims(x, 1), expand_dims_end=lambda x: O.expand_dims(x, -1),
    expand_dims_two=lambda x: O.expand_dims(x, (1, 3)),
    squeeze=lambda x: O.squeeze(x[:, :1], 1), squeeze_all=lambda x: O.squeeze(x[:, :1, :, :1]),
    squeeze_two=lambda x: O.squeeze(x[:, :1, :, :1], (1, 3)),
    flip=lambda x: O.flip(x, axis=1), flip_two=lambda x: O.flip(x, axis=(1, -1)),
    repeat=lambda x: O.repeat(x, 2, axis=2),
    tile=lambda x: O.tile(x, (1, 2, 1, 3)), pad=lambda x: O.pad(x, [[0, 0], [1, 2], [0, 1], [0, 0]]),
    pad_value=lambda x: O.pad(x, [[0, 0], [1, 2], [0, 1], [0, 0]], constant_values=1.5),
    pad_one=lambda x: O.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0))),
    pad_reflect=lambda x: O.pad(x, [[0, 0], [1, 2], [0, 1], [0, 0]], mode="reflect"),
    pad_symmetric=lambda x: O.pad(x, [[0, 0], [1, 2], [0, 1], [0, 0]], mode="symmetric"),
    concatenate=lambda x: O.concatenate([x, x * 2], axis=-1), concatenate_axis=lambda x: O.concatenate([x, x[:, :2]],
    axis=1),
    concatenate_one=lambda x: O.concatenate([x], axis=1), append=lambda x: O.append(x, x, axis=1),
    stack=lambda x: O.stack([x, -x], axis=1), stack_end=lambda x: O.stack([x, -x, x * x], axis=-1),
    hstack=lambda x: O.hstack([x, x]),
    roll=lambda x: O.roll(x, 1, axis=1), split=lambda x: O.split(x, 2, axis=1)[1],
    split_all=lambda x: O.concatenate(O.split(x, 2, axis=1)[::-1], axis=2),
    split_at=lambda x: O.split(x, [1, 3], axis=1)[1], unstack=lambda x: O.unstack(x, axis=1)[2],
    take=lambda x: O.take(x, [2, 0], axis=1),
    broadcast_to=lambda x: O.broadcast_to(x[:, :1], (2, 4, 3, 2)), where=lambda x: O.where(x > 0, x, 0.1 * x),
    cumsum=lambda x: O.cumsum(x, axis=1),
    take_along_axis=lambda x: O.take_along_axis(x, O.zeros((1, 1, 1, 1), "int32"), axis=1))
for axis in 1, 2, -1, (1, 2), (1, 2, 3), (-1, 1):
    for keep in False, True:
        for name in "sum mean max min prod std var logsumexp amax amin norm median".split():
            if not (name == "norm" and isinstance(axis, tuple)):
                case("keras", f"ops.{name} axis={axis} keepdims={keep}", lambda x, f=name, a=axis,
                    k=keep: getattr(O, f)(x, axis=a, keepdims=k))
numbered("keras", "ops.norm_ord", [lambda x: O.norm(x, ord=2, axis=-1)])
case("keras", "ops.norm of another order", lambda x: O.norm(x, ord=1, axis=-1), refused=True)
numbered("keras", "ops.average", [lambda x: O.average(x, axis=1), lambda x: O.average(x, axis=(1, 2))])
numbered("keras", "ops.argmax", [lambda x: O.cast(O.argmax(x, axis=-1), "float32")])

# ---------------------------------------------------------------------------------------------- products, Keras 3

numbered("keras", "ops.matmul", [lambda x, y: O.matmul(x, y),
    lambda x, y: O.matmul(O.transpose(y, (0, 2, 1)), O.transpose(x, (0, 2, 1)))],
         (4, 3), (3, 5))
numbered("keras", "ops.matmul with itself", [lambda x: O.matmul(x, O.swapaxes(x, 1, 2)),
    lambda x: O.matmul(x, O.convert_to_tensor([[1.0], [2.0], [3.0]]))],
         (4, 3))
numbered("keras", "ops.matmul of vectors", [lambda x: O.matmul(x, O.convert_to_tensor([[1.0], [2.0], [3.0]]))], (3,))
numbered("keras", "ops.matmul of ranks", [O.matmul], (2, 4, 3), (2, 3, 5))
numbered("keras", "ops.matmul broadcast", [O.matmul], (2, 4, 3), (1, 3, 5))
numbered("keras", "ops.einsum", [lambda x, y: O.einsum("bij,bjk->bik", x, y),
    lambda x, y: O.einsum("bij,bjk->bki", x, y)], (4, 3), (3, 5))
numbered("keras", "ops.dot", [lambda x: O.dot(x, O.convert_to_tensor([[1.0], [2.0], [3.0]]))], (4, 3))
numbered("keras", "ops.images", [
    lambda x: O.image.resize(x, (7, 5)), lambda x: O.average_pool(x, 2, 1),
        lambda x: O.max_pool(x, 2, 2, padding="same"),
    lambda x: O.image.rgb_to_grayscale(x), lambda x: O.image.resize(x, (3, 9), interpolation="nearest"),
    lambda x: O.max_pool(x, (2, 3), (1, 2)), lambda x: O.image.resize(x, (8, 8), crop_to_aspect_ratio=True),
    lambda x: O.max_pool(x[:, 0], 2, 1), lambda x: O.average_pool(x, (2, 2), None, padding="same")], (4, 6, 3))
numbered("keras", "ops.depth_to_space", [
    lambda x: O.nn.depth_to_space(x, 2), lambda x: O.nn.space_to_depth(x, 2), lambda x: O.nn.space_to_depth(x, 4)],
    (4, 8, 12))


@model(library="keras")
def shared_operations(K, L):
    x = K.Input((4, 3))
    y = L.Dense(3)(x)
    return K.Model(x, [x + y, (x + y) * y, O.relu(x - 1) + O.mean(y, axis=1, keepdims=True)])


@model(library="keras")
def operations_in_nested(K, L):
    a = K.Input((4, 3))
    inner = K.Model(a, O.softmax(a * 2 + 1, axis=-1) - a[:, :1])
    x = K.Input((4, 3))
    return K.Model(x, [inner(inner(x)), O.add(inner(x), x)])


@model(library="keras")
def layers_and_operations_of_one_name(K, L):
    x = K.Input((4, 3))
    y = L.Add()([x, x * 2])
    z = L.Multiply()([y, O.maximum(x, y)])
    z = L.Maximum()([z, O.reshape(L.Reshape((3, 4))(x), (-1, 4, 3))])
    return K.Model(x, L.Concatenate()([O.concatenate([z, x], axis=-1), L.Softmax()(O.softmax(y))]))


@model(library="keras")
def scaled_dot_product(K, L):
    x = K.Input((4, 6))
    q, k, v = L.Dense(6)(x), L.Dense(6)(x), L.Dense(6)(x)
    heads = [O.transpose(O.reshape(t, (-1, 4, 2, 3)), (0, 2, 1, 3)) for t in (q, k, v)]
    scores = O.softmax(O.matmul(heads[0], O.transpose(heads[1], (0, 1, 3, 2))) / 3 ** 0.5)
    y = O.reshape(O.transpose(O.matmul(scores, heads[2]), (0, 2, 1, 3)), (-1, 4, 6))
    return K.Model(x, L.LayerNormalization()(x + y))


# ---------------------------------------------------------------------------------------------- tf_keras

def tf_ops(functions, **how):
    for name, make in functions.items():
        case("tf_keras", f"tf.{name}", make, **how)


tf_ops({name: getattr(tf.math, name) for name in (
    "abs sigmoid tanh exp expm1 sin cos sinh cosh atan sign floor ceil round erf square negative softplus softsign log_sigmoid").split()})
tf_ops({f"math.{name}": getattr(tf.math, name) for name in "log log1p sqrt rsqrt reciprocal".split()}, positive=True)
tf_ops({f"nn.{name}": getattr(tf.nn, name) for name in
        "relu relu6 elu selu silu gelu leaky_relu softmax log_softmax softplus softsign tanh sigmoid swish crelu".split()})
tf_ops({
    "add": lambda x: tf.add(x, 2.0), "add left": lambda x: tf.add(2.0, x), "subtract": lambda x: tf.subtract(x, 1.0),
    "subtract left": lambda x: tf.subtract(1.0, x), "multiply": lambda x: tf.multiply(x, [1.0, 2.0]),
    "divide": lambda x: tf.divide(x, 3),
    "math.divide": lambda x: tf.math.divide(x, 3.0), "truediv": lambda x: tf.truediv(x, 3.0),
    "pow": lambda x: tf.pow(x, 2.0),
    "maximum": lambda x: tf.maximum(x, 0.5), "minimum": lambda x: tf.minimum(0.5, x),
    "squared_difference": lambda x: tf.math.squared_difference(x, 1.0),
    "scalar_mul": lambda x: tf.scalar_mul(2.5, x), "add_n": lambda x: tf.add_n([x, x * 2, x]),
    "clip": lambda x: tf.clip_by_value(x, -1.0, 1.5),
    "clip by name": lambda x: tf.clip_by_value(x, clip_value_min=-1.0, clip_value_max=1.5),
    "cast": lambda x: tf.cast(x, tf.float32), "identity": tf.identity,
    "stop_gradient": lambda x: x + tf.stop_gradient(x), "leaky alpha": lambda x: tf.nn.leaky_relu(x, alpha=0.3),
    "gelu tanh": lambda x: tf.nn.gelu(x, approximate=True),
    "softmax axis": lambda x: tf.nn.softmax(x, axis=1),
    "log_softmax axis": lambda x: tf.nn.log_softmax(x, axis=1),
    "l2_normalize": lambda x: tf.math.l2_normalize(x, axis=-1),
    "l2_normalize eps": lambda x: tf.math.l2_normalize(x, axis=(1, 2), epsilon=1.0),
    "silu beta": lambda x: tf.nn.silu(x, beta=2.0),
    "floormod": lambda x: tf.math.floormod(x, 2.0), "floordiv": lambda x: tf.math.floordiv(x, 2.0),
    "divide_no_nan": lambda x: tf.math.divide_no_nan(x, tf.floor(x)),
    "multiply_no_nan": lambda x: tf.math.multiply_no_nan(x, tf.nn.relu(x)),
    "bias_add": lambda x: tf.nn.bias_add(x, [1.0, 2.0]),
    "reshape": lambda x: tf.reshape(x, (-1, 6, 4)), "reshape one": lambda x: tf.reshape(x, (-1, 24)),
    "transpose": lambda x: tf.transpose(x, (0, 3, 1, 2)),
    "transpose perm": lambda x: tf.transpose(x, perm=[0, 2, 1, 3]), "expand_dims": lambda x: tf.expand_dims(x, 1),
    "expand_dims end": lambda x: tf.expand_dims(x, axis=-1),
    "squeeze": lambda x: tf.squeeze(x[:, :1], 1), "squeeze axis": lambda x: tf.squeeze(x[:, :1, :, :1], axis=[1, 3]),
    "concat": lambda x: tf.concat([x, x * 2], -1),
    "concat axis": lambda x: tf.concat([x, x[:, :2]], axis=1),
    "concat left": lambda x: tf.concat(values=[x, x], axis=2), "stack": lambda x: tf.stack([x, -x], 1),
    "stack end": lambda x: tf.stack([x, -x], axis=-1), "tile": lambda x: tf.tile(x, [1, 2, 1, 3]),
    "pad": lambda x: tf.pad(x, [[0, 0], [1, 2], [0, 1], [0, 0]]),
    "pad value": lambda x: tf.pad(x, [[0, 0], [1, 2], [0, 1], [0, 0]], constant_values=1.5),
    "pad reflect": lambda x: tf.pad(x, [[0, 0], [1, 2], [0, 1], [0, 0]], "REFLECT"),
    "pad symmetric": lambda x: tf.pad(x, [[0, 0], [1, 2], [0, 1], [0, 0]], mode="SYMMETRIC"),
    "reverse": lambda x: tf.reverse(x, [1]), "repeat": lambda x: tf.repeat(x, 2, axis=2),
    "roll": lambda x: tf.roll(x, 1, axis=1),
    "split": lambda x: tf.split(x, 2, axis=1)[1], "split all": lambda x: tf.concat(tf.split(x, 2, axis=1)[::-1],
    axis=2), "unstack": lambda x: tf.unstack(x, axis=1)[2],
    "gather": lambda x: tf.gather(x, [2, 0], axis=1), "where": lambda x: tf.where(x > 0, x, 0.1 * x),
    "cumsum": lambda x: tf.cumsum(x, axis=1),
    "strided_slice": lambda x: tf.strided_slice(x, [0, 1], [2, 3]),
    "slice": lambda x: tf.slice(x, [0, 1, 0, 0], [-1, 2, -1, -1]),
    "image.resize": lambda x: tf.image.resize(x, (7, 5)),
    "image.resize nearest": lambda x: tf.image.resize(x, [2, 9], method="nearest"),
    "image.resize bicubic": lambda x: tf.image.resize(x, [2, 9], method="bicubic"),
    "image.resize lanczos": lambda x: tf.image.resize(x, [2, 9], method="lanczos3"),
    "image.resize aspect": lambda x: tf.image.resize(x, [2, 9], preserve_aspect_ratio=True),
    "image.grey": lambda x: tf.image.rgb_to_grayscale(tf.concat([x, x[..., :1]], -1)),
    "image.grey to rgb": lambda x: tf.image.grayscale_to_rgb(x[..., :1]),
    "image.flips": lambda x: tf.image.flip_left_right(tf.image.flip_up_down(x)),
    "avg_pool lists": lambda x: tf.nn.avg_pool(x, [1, 2, 3, 1], [1, 2, 1, 1], "VALID", data_format="NHWC"),
    "max_pool lists": lambda x: tf.nn.max_pool(x, (2, 2), (2, 1), "SAME"),
    "max_pool of keras": lambda x: tf_keras.backend.pool2d(x, (2, 2), (2, 2), "same"),
    "bias_add nhwc": lambda x: tf.nn.bias_add(x, [1.0, 2.0], data_format="NHWC"),
    "stack of slices": lambda x: tf.stack([x[..., 1], x[..., 0]], axis=-1),
    "caffe": lambda x: tf_keras.applications.vgg16.preprocess_input(tf.concat([x, x[..., :1]], -1)),
    "torch": lambda x: tf_keras.applications.densenet.preprocess_input(tf.concat([x, x[..., :1]], -1)),
    "tf": tf_keras.applications.mobilenet_v2.preprocess_input, "avg_pool": lambda x: tf.nn.avg_pool2d(x, 2, 1, "SAME"),
    "max_pool": lambda x: tf.nn.max_pool2d(x, 2, 1, "VALID"),
    "depth_to_space": lambda x: tf.nn.depth_to_space(tf.concat([x, x], -1), 2),
    "space_to_depth": lambda x: tf.nn.space_to_depth(x[:, :, :2], 2),
    "keras.backend": lambda x: tf_keras.backend.l2_normalize(x, axis=-1),
    "batch_flatten": lambda x: tf_keras.backend.batch_flatten(x)})
for axis in 1, -1, (1, 2), [1, 2, 3]:
    for keep in False, True:
        for name in "sum mean max min prod std variance logsumexp".split():
            case("tf_keras", f"tf.reduce_{name} axis={axis} keepdims={keep}", lambda x, f=name, a=axis,
                k=keep: getattr(tf.math, f"reduce_{f}")(x, axis=a, keepdims=k))
        if not isinstance(axis, list):
            case("tf_keras", f"tf.norm axis={axis} keepdims={keep}", lambda x, a=axis,
                k=keep: tf.norm(x, axis=a, keepdims=k))
numbered("tf_keras", "tf.reduce_mean given in place", [lambda x: tf.reduce_mean(x, 1),
    lambda x: tf.reduce_sum(x, [1, 2], True)])
numbered("tf_keras", "tf.matmul", [
    lambda x, y: tf.matmul(x, y), lambda x, y: tf.matmul(y, x, transpose_a=True, transpose_b=True),
        lambda x, y: tf.linalg.matmul(a=x, b=y)], (4, 3), (3, 5))
numbered("tf_keras", "tf.matmul with itself", [
    lambda x: tf.matmul(x, x, transpose_b=True), lambda x: tf.matmul(x, x, transpose_a=True)], (4, 3))
numbered("tf_keras", "tf.matmul with numbers", [lambda x: tf.matmul(x, [[1.0], [2.0], [3.0]])], (3,))
numbered("tf_keras", "tf.two", [tf.add, tf.subtract, tf.multiply, tf.maximum, tf.minimum,
    tf.math.squared_difference], SHAPE, (1, 3, 2))


@model(library="tf_keras")
def functions_in_nested(K, L):
    a = K.Input((4, 3))
    inner = K.Model(a, tf.nn.softmax(a * 2 + 1) - a[:, :1])
    x = K.Input((4, 3))
    return K.Model(x, [inner(inner(x)), inner(x) + x])


@model(library="tf_keras")
def functions_shared(K, L):
    x = K.Input((4, 3))
    y = L.Dense(3)(x)
    return K.Model(x, [x + y, (x + y) * y, tf.nn.relu(x - 1) + tf.reduce_mean(y, axis=1, keepdims=True)])
