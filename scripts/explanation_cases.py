"""The models that check_explanations.py builds: what each covers is its name."""
import keras
from keras import layers as L

MODELS = {}


def model(of="logit", names=("gradient", "gradient-input", "integrated-gradients", "guided-backprop", "grad-cam", "grad-cam++",
                             "hires-cam", "layer-cam", "ablation-cam", "occlusion", "lrp-epsilon", "lrp")):
    def add(build):
        MODELS[build.__name__] = (build, of, names)
        return build
    return add


@model()
def batch_normalization():
    x = keras.Input((16, 16, 3))
    y = L.Conv2D(8, 3, padding="same", use_bias=False)(x)
    y = L.ReLU()(L.BatchNormalization()(y))
    y = L.MaxPooling2D()(y)
    y = L.Conv2D(12, 3, padding="same")(y)
    y = L.Activation("relu")(L.BatchNormalization()(y))
    y = L.GlobalAveragePooling2D()(y)
    return keras.Model(x, L.Dense(5, activation="softmax")(y))


@model()
def branches():
    x = keras.Input((14, 18, 1))
    y = L.Conv2D(6, 3, padding="same", activation="relu")(x)
    z = L.Conv2D(6, 3, padding="same")(y)
    z = L.BatchNormalization()(z)
    y = L.ReLU()(L.Add()([y, z]))
    a = L.Conv2D(4, 1, activation="relu")(y)
    b = L.Conv2D(4, 5, padding="same", strides=1, activation="relu")(y)
    y = L.Concatenate()([a, b])
    y = L.AveragePooling2D(2)(y)
    y = L.Conv2D(8, 3, activation="relu")(y)
    return keras.Model(x, L.Dense(4, activation="softmax")(L.Flatten()(y)))


@model()
def depthwise_and_separable():
    x = keras.Input((20, 20, 3))
    y = L.Conv2D(8, 3, strides=2, activation="relu")(x)
    y = L.DepthwiseConv2D(3, padding="same", use_bias=False)(y)
    y = L.ReLU(max_value=6)(L.BatchNormalization()(y))
    y = L.SeparableConv2D(10, 3, padding="same", use_bias=False)(y)
    y = L.ReLU()(L.BatchNormalization()(y))
    y = L.GlobalMaxPooling2D()(y)
    return keras.Model(x, L.Dense(3, activation="softmax")(y))


@model()
def padding_and_transposed():
    x = keras.Input((15, 13, 2))
    y = L.BatchNormalization()(x)
    y = L.ZeroPadding2D(((1, 0), (0, 2)))(y)
    y = L.LeakyReLU(negative_slope=0.2)(L.Conv2D(6, 3, strides=2)(y))
    y = L.Dropout(0.3)(y)
    y = L.Conv2DTranspose(5, 3, strides=2, activation="relu")(y)
    y = L.MaxPooling2D(3, strides=2, padding="same")(y)
    y = L.Cropping2D(1)(y)
    return keras.Model(x, L.Activation("softmax")(L.Dense(4)(L.Flatten()(y))))


@model()
def one_sigmoid():
    x = keras.Input((12, 12, 3))
    y = L.Conv2D(6, 3, activation="relu")(x)
    y = L.MaxPooling2D()(y)
    y = L.Dense(10, activation="relu")(L.Flatten()(y))
    return keras.Model(x, L.Dense(1, activation="sigmoid")(y))


@model()
def several_sigmoids():
    x = keras.Input((12, 12, 1))
    y = L.Conv2D(6, 3, activation="relu")(x)
    y = L.BatchNormalization()(y)
    return keras.Model(x, L.Dense(4, activation="sigmoid")(L.GlobalAveragePooling2D()(y)))


@model(of="sum:0")
def regression():
    x = keras.Input((12, 10, 2))
    y = L.Conv2D(6, 3, activation="relu")(x)
    y = L.Conv2D(6, 3, activation="relu")(y)
    return keras.Model(x, L.Dense(2)(L.Flatten()(y)))


@model(of="0[3,4,1]")
def segmentation():
    x = keras.Input((8, 8, 3))
    y = a = L.Conv2D(6, 3, padding="same", activation="relu")(x)
    y = L.Conv2D(8, 3, padding="same", activation="relu")(L.MaxPooling2D()(y))
    y = L.UpSampling2D()(y)
    y = L.Concatenate()([a, y])
    return keras.Model(x, L.Conv2D(2, 3, padding="same")(y))


@model(names=("gradient", "gradient-input", "integrated-gradients", "guided-backprop", "grad-cam", "occlusion", "lrp-epsilon", "lrp"))
def two_inputs():
    x = keras.Input((10, 10, 1), name="image")
    v = keras.Input((6,), name="vector")
    y = L.Flatten()(L.Conv2D(4, 3, activation="relu")(x))
    w = L.Dense(7, activation="relu")(v)
    y = L.Dense(9, activation="relu")(L.Concatenate()([y, w]))
    return keras.Model([x, v], L.Dense(3, activation="softmax")(y))


@model(names=("gradient", "gradient-input", "integrated-gradients", "guided-backprop", "lrp-epsilon", "lrp"))
def dense_only():
    x = keras.Input((20,))
    y = L.Dense(16, activation="relu")(x)
    y = L.BatchNormalization()(y)
    y = L.Dense(12)(y)
    y = L.ReLU()(L.BatchNormalization()(y))
    return keras.Model(x, L.Dense(4, activation="softmax")(y))
