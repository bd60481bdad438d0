#!/usr/bin/env python3
"""Compares nv rank with dnn-tip and uncertainty-wizard on the same arrays.

    check_rank.py MODEL INPUTS TRUTH [--nv build/release/bin/nv] [--profile N] [--test N] [--layers LIST] [--cam N]

INPUTS is one file of many inputs (IDX or CIFAR-10); the first N make the profile, the next N are ranked. The arrays are
the activations that `nv run` gives. Scores have to agree within 1e-6 (likelihoods 1e-4) of their size, numbers of
covered sections exactly, orders where scores differ, APFD within 1e-9. datis and nlc, of which there is no package, are compared
with their definitions in NumPy (rank_reference.py). pip install dnn-tip uncertainty-wizard (they need
scikit-learn, SciPy and TensorFlow). Exit 1 if anything differs."""
import argparse
import os
import sys
import tempfile

import numpy as np

import rank_reference as reference
from rank_reference import activations, covered, criteria, nv_json, run, surprise, uncertainty

SOFTMAX = ["gini", "entropy", "margin", "least-confidence"]
COVERAGE = ["nc", "kmnc", "nbc", "snac", "tknc"]
failures = 0


def report(name, worst, tolerance):
    global failures
    good = worst <= tolerance
    failures += not good
    print(f"{'ok  ' if good else 'FAIL'} {name:<28} largest difference {worst:.3g} (tolerance {tolerance:g})")


def difference(ours, theirs):
    """The largest, relative to the larger of the value and 1e-3 of the largest one."""
    scale = np.maximum(np.abs(theirs), 1e-3 * np.abs(theirs).max())
    return float(np.max(np.abs(ours - theirs) / np.maximum(scale, 1e-30)))


def column(result, metric, key="scores"):
    by_item = {int(i["file"].rsplit("#", 1)[1]): float(i[key][metric] if key else i["rank"]) for i in result["inputs"]}
    return np.array([by_item[i] for i in sorted(by_item)])


def check_apfd(result, metrics):
    from dnn_tip.apfd import apfd_from_order

    items = sorted(result["inputs"], key=lambda i: int(i["file"].rsplit("#", 1)[1]))
    faults = np.array([not i["correct"] for i in items])
    for metric in metrics:
        order = np.argsort([i["ranks"][metric] for i in items])
        report(f"APFD {metric}", abs(result["summary"]["apfd"][metric] - apfd_from_order(faults, order)), 1e-9)


def check_coverage(options, train, test, words):
    result = nv_json(options.nv, *words, "--by", ",".join(COVERAGE))
    for name, criterion in criteria(train, {}).items():
        batch = max(1, 20_000_000 // (sum(a[0].size for a in test.values()) * (1000 if name == "kmnc" else 1)))
        scores, union = covered(name, criterion, test, batch)
        report(f"{name} score", np.abs(column(result, name) - scores).max(), 0)
        report(f"{name} coverage of the set", abs(result["summary"]["coverage"][name] - union.mean()), 1e-12)
        by_rank = scores[np.argsort(column(result, name, "ranks"))]
        report(f"{name} CTM order", float(np.maximum(0, np.diff(by_rank)).max(initial=0)), 0)


def check_cam(options, train, test, words):
    """Fewer inputs: dnn-tip keeps a byte per section of each input."""
    from dnn_tip.prioritizers import cam

    result = nv_json(options.nv, *words, "--by", ",".join(f"{n}-cam" for n in COVERAGE))
    for name, criterion in criteria(train, {}).items():
        layers = [reference.scaled(a) for a in test.values()] if name == "nc" else list(test.values())
        scores, profiles = criterion(layers)
        theirs = list(cam(scores, profiles.copy()))
        order = np.argsort(column(result, f"{name}-cam", "ranks"))
        gains = column(result, f"{name}-cam")[order]
        greedy = int((gains > 0).sum())
        wrong = sum(a != b for a, b in zip(order[:greedy], theirs[:greedy]))
        wrong += int((scores[order[greedy:]] != scores[theirs[greedy:]]).sum())
        report(f"{name}-cam order ({greedy} add)", wrong, 0)


def check_distances(options, layer, train, test, predicted, words):
    result = nv_json(options.nv, *words, "--by", "dsa,mdsa,lsa")
    rows, queries = (a[layer].reshape(len(a[layer]), -1).astype(np.float64) for a in (train, test))
    for name in ("dsa", "mdsa", "lsa"):
        columns = reference.independent(rows) if name == "lsa" else slice(None)
        theirs = surprise(name, rows[:, columns], predicted[0], queries[:, columns], predicted[1])
        ours = column(result, name)
        known = np.isfinite(theirs)  # SciPy's density underflows to 0 far from the profile
        if not known.all():
            print(f"     {name}: {(~known).sum()} of {len(theirs)} are infinite in the reference, finite in nv")
        report(f"{name} ({rows[:, columns].shape[1]} units)", difference(ours[known], theirs[known]),
               1e-4 if name == "lsa" else 1e-6)
    check_apfd(result, ("dsa", "mdsa", "lsa"))


def check_datis(options, layer, train, test, predicted, words):
    """By the predicted classes of the profile, which was made without true ones."""
    rows, queries = (a[layer].reshape(len(a[layer]), -1) for a in (train, test))
    theirs = reference.datis(rows, predicted[0], queries, predicted[1])
    ours = column(nv_json(options.nv, *words, "--by", "datis"), "datis")
    report("datis", difference(np.log(ours + 1e-12), np.log(theirs + 1e-12)), 1e-4)
    take = max(2, len(queries) // 20)
    with tempfile.TemporaryDirectory() as folder:
        result = nv_json(options.nv, *words, "--select", "datis", "--take", take, "-o", folder)
    selected = [i for i in np.argsort(column(result, "datis-select", None))[:take]]
    report(f"datis selection of {take}", len(set(selected) ^ set(reference.datis_selection(ours, queries, take).tolist())), 0)


def check_profile(file, train, layer):
    made = np.load(file)
    for path, values in train.items():
        flat = values.reshape(len(values), -1).astype(np.float64)
        worst = max(difference(made[f"ranges/{path}/{key}"], value) for key, value in
                    (("min", flat.min(0)), ("max", flat.max(0)), ("std", flat.std(0))))
        report(f"profile: ranges of {path}", worst, 1e-6)
    flat = train[layer].reshape(len(train[layer]), -1).astype(np.float64)
    report("profile: covariance", difference(made[f"moments/{layer}/covariance"], np.cov(flat, rowvar=False, bias=True)), 1e-9)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("model")
    parser.add_argument("inputs")
    parser.add_argument("truth")
    parser.add_argument("--nv", default="build/release/bin/nv")
    parser.add_argument("--profile", type=int, default=1000)
    parser.add_argument("--test", type=int, default=1000)
    parser.add_argument("--cam", type=int, default=40)
    parser.add_argument("--layers", default="")
    options = parser.parse_args()
    first, second = f"{options.inputs}#0-{options.profile - 1}", \
        f"{options.inputs}#{options.profile}-{options.profile + options.test - 1}"
    few = f"{options.inputs}#{options.profile}-{options.profile + options.cam - 1}"
    structure = {layer["path"]: layer for layer in nv_json(options.nv, "inspect", options.model)["layers"]}
    with tempfile.TemporaryDirectory() as folder:
        profile = os.path.join(folder, "profile.npz")
        layers = ["--layers", options.layers] if options.layers else []
        made = nv_json(options.nv, "rank", options.model, first, "--make-profile", profile, *layers)["profile"]
        chosen, layer = [r["path"] for r in made["ranges"]], made["activations"]
        output = list(structure)[-1]
        paths = list(dict.fromkeys([*chosen, layer, output]))
        train = activations(options.nv, options.model, first, paths, os.path.join(folder, "a"))
        test = activations(options.nv, options.model, second, paths, os.path.join(folder, "b"))
        print(f"{options.model}: profile of {options.profile}, {options.test} ranked; units of {', '.join(chosen)}; distances in {layer}")
        words = ["rank", options.model, second, "--truth", options.truth]

        result = nv_json(options.nv, *words, "--by", ",".join(SOFTMAX))
        for name in SOFTMAX:
            report(name, difference(column(result, name), uncertainty(name, test[output].astype(np.float64))), 1e-6)
        check_apfd(result, SOFTMAX)
        check_profile(profile, {p: train[p] for p in chosen}, layer)
        predicted = [a[output].argmax(1) for a in (train, test)]
        check_distances(options, layer, train, test, predicted, [*words, "--profile", profile])
        check_datis(options, layer, train, test, predicted, [*words, "--profile", profile])
        measured = nv_json(options.nv, *words, "--measure", "nlc", "--layers", ",".join(chosen))["summary"]["set"]["nlc"]
        expected = reference.nlc([test[p] for p in chosen])
        report("nlc", abs(measured - expected) / expected, 1e-6)
        parts = [{p: a[p] for p in chosen} for a in (train, test)]
        check_coverage(options, *parts, [*words, "--profile", profile])
        check_cam(options, parts[0], {p: a[:options.cam] for p, a in parts[1].items()},
                  ["rank", options.model, few, "--profile", profile])
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
