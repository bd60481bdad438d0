"""What dnn-tip and uncertainty-wizard compute of arrays of activations: for check_rank.py and bench/rank.py. Both need
scikit-learn and SciPy; uncertainty-wizard also imports TensorFlow."""
import contextlib
import io
import json
import os
import subprocess
import sys
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
warnings.filterwarnings("ignore")
import numpy as np


def run(nv, *words, code=0):
    done = subprocess.run([nv, *map(str, words)], capture_output=True, text=True)
    if done.returncode != code:
        sys.exit(f"nv {' '.join(map(str, words))}: {done.stderr.strip()}")
    return done


def nv_json(nv, *words):
    return json.loads(run(nv, *words, "--json", "--quiet").stdout)


def activations(nv, model, inputs, layers, folder):
    """The outputs of layers for all inputs, as nv gives them: {path: array}, in the order of the inputs."""
    result = nv_json(nv, "run", model, inputs, "--layers", ",".join(layers), "-o", folder, "--format", "npz", "--force",
                     "--exact")  # as rank computes
    items = [np.load(os.path.join(folder, i["files"]["npz"])) for i in result["inputs"]]
    return {path: np.stack([item[path] for item in items]) for path in layers}


def scaled(layer):
    """Each input's values of a layer as a share of their range; 0 where they are all equal."""
    flat = layer.reshape(len(layer), -1)
    low, high = flat.min(1, keepdims=True), flat.max(1, keepdims=True)
    width = high - low
    return np.where(width > 0, (flat - low) / np.where(width > 0, width, 1), 0)


def criteria(train, settings):
    """dnn-tip's criteria, given the activations of the training set by layer."""
    from dnn_tip import neuron_coverage as nc

    mins, maxs = [a.min(0) for a in train.values()], [a.max(0) for a in train.values()]
    stds = [a.astype(np.float64).std(0).astype(np.float32) for a in train.values()]
    return {"nc": nc.NAC(settings.get("nc-threshold", 0.25)),
            "kmnc": nc.KMNC(mins, maxs, settings.get("kmnc-sections", 1000)),
            "nbc": nc.NBC(mins, maxs, stds, settings.get("boundary", 0)),
            "snac": nc.SNAC(maxs, stds, settings.get("boundary", 0)),
            "tknc": nc.TKNC(settings.get("tknc-k", 3))}


def covered(name, criterion, test, batch):
    """Scores per input, and whether each section is covered by any, of a few inputs at a time. dnn-tip's nc takes scaled
    activations; for equal ones its tknc depends on how NumPy sorts: on a copy where the later one is larger it does not."""
    layers = list(test.values())
    if name == "nc":
        layers = [scaled(a) for a in layers]
    if name == "tknc":
        layers = [np.argsort(np.argsort(a.reshape(len(a), -1), axis=1, kind="stable"), axis=1, kind="stable") for a in layers]
    scores, union = [], None
    for at in range(0, len(layers[0]), batch):
        some, profiles = criterion([a[at:at + batch] for a in layers])
        scores.extend(int(s) for s in some)
        union = profiles.any(0) if union is None else union | profiles.any(0)
    return np.array(scores), union


def surprise(name, train, train_classes, test, test_classes):
    from dnn_tip import surprise as sa

    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        if name == "dsa":
            return sa.DSA(train, train_classes)(test, test_classes)
        return (sa.LSA if name == "lsa" else sa.MDSA)(train)(test, test_classes)


def uncertainty(name, probabilities):
    from uncertainty_wizard.quantifiers import one_shot_classifiers as q
    if name == "least-confidence":
        return 1 - q.MaxSoftmax.calculate(probabilities)[1]
    return {"gini": q.DeepGini, "entropy": q.SoftmaxEntropy, "margin": q.PredictionConfidenceScore}[name].calculate(
        probabilities)[1]


def independent(rows, most=300):
    """Columns that nv's lsa keeps: those of the largest variance, without those that depend linearly on others."""
    rows = rows.astype(np.float64)
    columns = np.sort(np.argsort(rows.var(0), kind="stable")[-most:])
    covariance = np.cov(rows[:, columns], rowvar=False)
    kept = []
    for j in range(len(columns)):
        lower = np.linalg.cholesky(covariance[np.ix_(kept, kept)]) if kept else np.zeros((0, 0))
        row = np.linalg.solve(lower, covariance[kept, j]) if kept else np.zeros(0)
        if covariance[j, j] - row @ row > len(columns) * 1e-15 * covariance[j, j]:
            kept.append(j)
    return columns[kept]


def unit_rows(rows):
    rows = rows.astype(np.float64)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.where(length > 0, rows / np.where(length > 0, length, 1), rows)


def datis(train, labels, test, predicted, neighbours=100, temperature=0.1):
    """DATIS as its paper defines it: there is no package. Support of the strongest other class / of the predicted one."""
    train, test = unit_rows(train), unit_rows(test)
    scores = []
    for z, label in zip(test, predicted):
        squared = ((z - train) ** 2).sum(1)
        near = np.argsort(squared, kind="stable")[:neighbours]
        weights = np.exp(-squared[near] / temperature)
        support = np.bincount(labels[near], weights, minlength=max(labels.max(), label) + 1) / weights.sum()
        scores.append(np.delete(support, label).max() / (support[label] + 1e-15))
    return np.array(scores)


def datis_selection(scores, test, take):
    """The inputs that DATIS selects, without those that resemble others; settings of the nearest of its budgets."""
    shares, pools, weights = [0.005, 0.01, 0.02, 0.03, 0.05, 0.1], [3, 3, 2, 2, 2, 2], [0.3, 0.3, 0.2, 0.2, 0.2, 0.2]
    budget = int(np.argmin([abs(s - take / len(scores)) for s in shares]))
    pool = min(take * pools[budget], len(scores))
    order = np.argsort(-scores, kind="stable")[:pool]
    rows = unit_rows(test)[order]
    distances = np.sqrt(np.maximum(0, ((rows[:, None] - rows) ** 2).sum(2)))
    apart = np.sort(distances, axis=1)[:, :min(take, 100)].mean(1)
    by_distance = np.empty(pool)
    by_distance[np.argsort(-apart, kind="stable")] = np.arange(pool, 0, -1)
    weight = (1 - weights[budget]) * np.arange(pool, 0, -1) + weights[budget] * by_distance
    return order[np.argsort(-weight, kind="stable")[:take]]


def nlc(layers):
    """NLC of a set: absolute covariances of each layer's neurons, channels by their mean over positions."""
    neurons = [a if a.ndim == 2 else a.reshape(len(a), -1, a.shape[-1]).astype(np.float64).mean(1) for a in layers]
    return sum(np.abs(np.cov(a.astype(np.float64), rowvar=False, bias=True)).sum() for a in neurons)
