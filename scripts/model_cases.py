"""The forms that models have, for check_layers.py: nested, shared, with several inputs and outputs, in half precision,
and blocks as networks have them."""
from layer_cases import add, model


@model
def sequential_without_input(K, L):
    net = K.Sequential([L.Conv2D(3, 2), L.Flatten(), L.Dense(2)])
    net.build((None, 5, 5, 2))
    return K.Sequential([K.Input((5, 5, 2)), net]) if not getattr(net, "inputs", None) else net


@model
def shared_layers(K, L):
    x, y = K.Input((5, 5, 2), name="x"), K.Input((5, 5, 2), name="y")
    conv, bn = L.Conv2D(2, 3, padding="same"), L.BatchNormalization()
    a, b, c = bn(conv(x)), bn(conv(y)), conv(conv(x))
    return K.Model([x, y], [L.Add()([a, b]), L.Concatenate()([a, c]), bn(c)])


@model
def shared_at_two_sizes(K, L):
    x, y = K.Input((5, 5, 2)), K.Input((7, 6, 2))
    conv = L.Conv2D(2, 3)
    return K.Model([x, y], [conv(x), conv(y)])


@model
def nested_in_nested(K, L):
    def block(name, inner=None):
        x = K.Input((4, 4, 3))
        y = L.BatchNormalization(name=f"{name}_bn")(L.Conv2D(3, 3, padding="same", name=f"{name}_conv")(x))
        y = inner(y) if inner is not None else L.Activation("relu")(y)
        return K.Model(x, L.Add()([x, y]), name=name)
    x = K.Input((4, 4, 3))
    deep = block("outer", block("middle", block("inner")))
    return K.Model(x, L.Dense(2)(L.Flatten()(deep(deep(x)))))


@model
def nested_with_frozen_parts(K, L):
    inner = K.Sequential([K.Input((4, 4, 3)), L.Conv2D(3, 2, name="c1"), L.BatchNormalization(name="b1"),
                          L.Conv2D(3, 2, name="c2"), L.BatchNormalization(name="b2", trainable=False)],
                          name="features")
    inner.layers[0].trainable = False
    x = K.Input((4, 4, 3))
    return K.Model(x, L.Dense(3)(L.GlobalAveragePooling2D()(inner(x))))


@model
def nested_two_in_two_out(K, L):
    a, b = K.Input((4, 3), name="a"), K.Input((4, 3), name="b")
    inner = K.Model([a, b], [L.Add()([a, b]), L.Dense(2)(L.Concatenate()([a, b]))], name="pair")
    x, y = K.Input((4, 3)), K.Input((4, 3))
    s, d = inner([x, y])
    t, e = inner([y, s])
    return K.Model([x, y], [t, d, L.Concatenate()([d, e])])


@model
def sequential_of_models(K, L):
    return K.Sequential([K.Input((6, 6, 2)), K.Sequential([L.Conv2D(3, 3), L.ReLU()]),
        K.Sequential([L.Flatten(), L.Dense(4)]),
                         L.Softmax()])


@model
def an_output_twice(K, L):
    x = K.Input((4, 3))
    y = L.Dense(2)(x)
    return K.Model(x, [y, y, L.ReLU()(y)])


@model
def input_as_output(K, L):
    x = K.Input((4, 3))
    return K.Model(x, [x, L.Dense(2)(x)])


@model
def dictionaries(K, L):
    x = {"z": K.Input((4,), name="z"), "a": K.Input((3,), name="a")}
    y = L.Concatenate()([x["z"], x["a"]])
    return K.Model(x, {"second": L.Dense(2)(y), "first": L.Dense(3)(y)})


@model
def dictionary_into_nested(K, L):
    x = {"z": K.Input((4,), name="z"), "a": K.Input((3,), name="a")}
    inner = K.Model(x, {"q": L.Dense(2)(x["z"]), "p": L.Dense(3)(x["a"])})
    a, z = K.Input((3,), name="first"), K.Input((4,), name="second")
    out = inner({"a": a, "z": z})
    return K.Model([a, z], [out["q"], out["p"]])


@model
def dictionary_in_another_order(K, L):
    z, a = K.Input((4,), name="z"), K.Input((3,), name="a")
    inner = K.Model({"z": z, "a": a}, L.Concatenate()([z, a]))
    x, y = K.Input((3,), name="first"), K.Input((4,), name="second")
    return K.Model([x, y], L.Dense(2)(inner({"z": y, "a": x})))


@model
def outputs_of_every_call(K, L):
    a = K.Input((4,))
    inner = K.Model(a, L.Dense(4, activation="tanh")(a))
    seq = K.Sequential([K.Input((4,)), L.Dense(4)])
    x = K.Input((4,))
    y = inner(x)
    z = inner(y)
    s = seq(z)
    return K.Model(x, [inner(z), seq(s), y, s])


@model
def first_call_as_output(K, L):
    a = K.Input((4,))
    inner = K.Model(a, L.Dense(4, activation="tanh")(a))
    x = K.Input((4,))
    y = inner(x)
    return K.Model(x, [y, L.ReLU()(inner(y))])


@model
def nested_inputs(K, L):
    a, b, c = K.Input((4,)), K.Input((3,)), K.Input((2,))
    return K.Model([a, [b, c]], L.Concatenate()([a, b, c]))


@model
def unknown_size(K, L):
    x = K.Input((None, None, 3))
    y = L.Conv2D(4, 3, strides=2, padding="same")(x)
    return K.Model(x, L.UpSampling2D()(L.GlobalAveragePooling2D(keepdims=True)(y)))


@model
def many_branches(K, L):
    x = K.Input((8, 8, 3))
    a = L.Conv2D(2, 1)(x)
    b = L.Conv2D(2, 3, padding="same")(L.Conv2D(2, 1, activation="relu")(x))
    c = L.AveragePooling2D(3, 1, padding="same")(x)
    return K.Model(x, L.GlobalMaxPooling2D()(L.Concatenate()([a, b, c, x])))


@model
def everything_channels_first(K, L):
    x = K.Input((3, 8, 8))
    d = dict(data_format="channels_first")
    y = L.BatchNormalization(axis=1)(L.Conv2D(4, 3, **d)(x))
    y = L.PReLU(shared_axes=[2, 3])(y)
    y = L.MaxPooling2D(2, **d)(L.ZeroPadding2D(1, **d)(y))
    y = L.DepthwiseConv2D(3, **d)(L.UpSampling2D(2, **d)(y))
    y = L.SpatialDropout2D(0.2, **d)(y)
    return K.Model(x, [L.GlobalAveragePooling2D(**d)(y), L.Flatten(**d)(y), L.LayerNormalization(axis=1)(y)])


@model(mixed=True)
def mixed_precision(K, L):
    d = dict(dtype="mixed_float16")
    x = K.Input((8, 8, 3))
    y = L.BatchNormalization(**d)(L.Conv2D(4, 3, **d)(x))
    y = L.Dense(5, **d)(L.GlobalAveragePooling2D(**d)(L.ReLU(**d)(y)))
    return K.Model(x, L.Activation("softmax", dtype="float32")(y))


@model(mixed=True)
def mixed_bfloat16(K, L):
    d = dict(dtype="mixed_bfloat16")
    x = K.Input((8, 8, 3))
    y = L.Conv2D(4, 3, **d)(x)
    return K.Model(x, L.Dense(5, dtype="float32")(L.Flatten(**d)(y)))


@model
def float64(K, L):
    x = K.Input((8,), dtype="float64")
    return K.Model(x, L.Dense(5, dtype="float64")(x))


def named_weights(K, L):
    x = K.Input((4, 3), name="in-put")
    return K.Model(x, L.Dense(2, name="dense.with-odd_name")(x))


add("odd_names", named_weights)


@model
def transformer_block(K, L):
    x = K.Input((6, 8))
    y = L.LayerNormalization(epsilon=1e-6)(x)
    y = L.Add()([x, L.MultiHeadAttention(2, 4, dropout=0.1)(y, y)])
    z = L.Dense(8)(L.Dropout(0.1)(L.Dense(16, activation="gelu")(L.LayerNormalization(epsilon=1e-6)(y))))
    return K.Model(x, L.GlobalAveragePooling1D()(L.Add()([y, z])))


@model
def squeeze_and_excite(K, L):
    x = K.Input((6, 6, 4))
    s = L.GlobalAveragePooling2D(keepdims=True)(x)
    s = L.Conv2D(4, 1, activation="hard_sigmoid")(L.Conv2D(2, 1, activation="swish")(s))
    return K.Model(x, L.Multiply()([x, s]))


@model
def u_net(K, L):
    x = K.Input((8, 8, 2))
    a = L.Conv2D(4, 3, padding="same", activation="relu")(x)
    b = L.Conv2D(6, 3, padding="same", activation="relu")(L.MaxPooling2D()(a))
    c = L.Conv2DTranspose(4, 2, strides=2, padding="same")(b)
    return K.Model(x, L.Conv2D(1, 1, activation="sigmoid")(L.Concatenate()([a, c])))
