"""Models for check_layers.py: attention, layers over time, wrappers, and masks of padding."""
import numpy as np

from cases import add, channels_first, layer, model

# --------------------------------------------------------------------------------------------------- attention


def attention(kind, *shapes, call=None, options=None, by_name=(), gets=None):
    """Calls the layer with a list of inputs, or with positional (MultiHeadAttention) and named ones."""
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


# ------------------------------------------------------------------------------------------ masks that change outputs

for name in "GlobalAveragePooling1D", "Flatten", "Dense", "Conv1D", "GlobalMaxPooling1D", "BatchNormalization", "LayerNormalization":
    args = (3, 2) if name == "Conv1D" else (3,) if name == "Dense" else ()

    def masked(K, L, name=name, args=args):
        x = K.Input((6,), dtype="int32")
        return K.Model(x, getattr(L, name)(*args)(L.Embedding(4, 3, mask_zero=True)(x)))
    # Keras 3 writes masks as operations.
    for library in "keras", "tf_keras":
        refused = name == "GlobalAveragePooling1D" or (name == "BatchNormalization" and library == "keras")
        add(f"{name} after mask_zero", masked, below=4, library=library, refused=refused)

    def masking(K, L, name=name, args=args):
        x = K.Input((6, 2))
        return K.Model(x, getattr(L, name)(*args)(L.Masking(0.0)(x)))
    for library in "keras", "tf_keras":
        refused = name == "GlobalAveragePooling1D" or (name == "BatchNormalization" and library == "keras")
        add(f"{name} after Masking", masking, library=library, refused=refused)


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
