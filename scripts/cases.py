"""The list of models that check_layers.py builds, and functions that add to it. A builder takes the library (keras or
tf_keras) and its layers, and returns a model; it raises if the library does not have the layer or option."""
import dataclasses
from typing import Callable


CASES = []


@dataclasses.dataclass
class Case:
    name: str
    build: Callable
    library: str = ""       # "" for both libraries
    mixed: bool = False     # computes in half precision
    positive: bool = False  # inputs above 0
    below: int = 7          # integer inputs are smaller than this
    spread: float = 1.5     # of the values of the first item
    ties: bool = True       # the second item has values on a grid
    refused: bool = False   # nv does not support it
    gradient: bool = True   # TensorFlow has a gradient


def add(name, build, **how):
    while any(c.name == name and c.library == how.get("library", "") for c in CASES):
        name += "'"
    CASES.append(Case(name, build, **how))


def layer(kind, shape, *args, dtype=None, call=None, how=(), **options):
    """One layer on one input."""
    def build(K, L):
        x = K.Input(shape, dtype=dtype)
        return K.Model(x, getattr(L, kind)(*args, **options)(x, **(call or {})))
    options_text = [*map(str, args), *(f"{k}={v}" for k, v in {**options, **(call or {})}.items())]
    add(f"{kind} {shape} {' '.join(options_text)}", build, **dict(how))


def merging(kind, *shapes, **options):
    def build(K, L):
        xs = [K.Input(s) for s in shapes]
        return K.Model(xs, getattr(L, kind)(**options)(xs))
    add(f"{kind} {shapes} {options or ''}", build)


def model(build=None, **how):
    """Decorator of a builder: adds its model."""
    if build is None:
        return lambda b: model(b, **how)
    add(build.__name__, build, **how)
    return build


def channels_first(shape):
    """The shape as channels_first."""
    return (shape[-1], *shape[:-1])
