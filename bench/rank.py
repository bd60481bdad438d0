#!/usr/bin/env python3
"""Seconds of nc, kmnc and dsa: nv beside dnn-tip, on the same activations.

    bench/rank.py MODEL INPUTS [--nv build/release/bin/nv] [--profile 1000] [--test 1000] [--kmnc 50] [--rounds 3]

dnn-tip's time is that of its criterion on arrays in memory (the activations that `nv run` gives): for nc with the scaling
by layer and input in NumPy, which nv's contains, and without; with its own threads for dsa. nv's is that of the stage in `nv rank -v`; "with passes" adds reading the
inputs and running the model, which dnn-tip's does not contain. kmnc is of --kmnc inputs, since dnn-tip holds a byte per
section of each unit. Rounds are interleaved, medians are printed; pip install dnn-tip."""
import argparse
import os
import pathlib
import re
import statistics
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "scripts"))
import numpy as np

from rank_reference import activations, criteria, nv_json, run, scaled, surprise


def nv_seconds(options, metric, inputs, profile):
    """Of the metric, and with reading and passes."""
    needed = [] if metric == "nc" else ["--profile", profile]
    log = run(options.nv, "rank", options.model, inputs, *needed, "--by", metric, "-v").stderr
    stages = {name.strip(): float(s) for name, s in re.findall(r"^nv: (.+?) +([0-9.]+) s", log, re.M)}
    return stages[metric], stages[metric] + stages["reading inputs"] + stages["passes"]


def seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("model")
    parser.add_argument("inputs")
    parser.add_argument("--nv", default="build/release/bin/nv")
    for name, default in (("profile", 1000), ("test", 1000), ("kmnc", 50), ("rounds", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    items = lambda count: f"{options.inputs}#{options.profile}-{options.profile + count - 1}"
    with tempfile.TemporaryDirectory() as folder:
        file, first = os.path.join(folder, "p.npz"), f"{options.inputs}#0-{options.profile - 1}"
        made = nv_json(options.nv, "rank", options.model, first, "--make-profile", file)["profile"]
        chosen, layer = [r["path"] for r in made["ranges"]], made["activations"]
        output = nv_json(options.nv, "inspect", options.model)["layers"][-1]["path"]
        paths = list(dict.fromkeys([*chosen, layer, output]))
        train = activations(options.nv, options.model, first, paths, os.path.join(folder, "a"))
        test = activations(options.nv, options.model, items(options.test), paths, os.path.join(folder, "b"))
        rules = criteria({p: train[p] for p in chosen}, {})
        shares = [scaled(test[p]) for p in chosen]
        few = [test[p][:options.kmnc] for p in chosen]
        rows, queries = (a[layer].reshape(len(a[layer]), -1) for a in (train, test))
        classes = [a[output].argmax(1) for a in (train, test)]
        chosen_test = [test[p] for p in chosen]
        cases = {"nc": (options.test, lambda: rules["nc"]([scaled(a) for a in chosen_test])),
                 "nc, scaled before": (options.test, lambda: rules["nc"](shares)),
                 "kmnc": (options.kmnc, lambda: rules["kmnc"](few)),
                 "dsa": (options.test, lambda: surprise("dsa", rows, classes[0], queries, classes[1]))}
        times = {name: [] for name in cases}
        for _ in range(options.rounds):
            for name, (count, call) in cases.items():
                times[name].append((seconds(call), *nv_seconds(options, name.split(",")[0], items(count), file)))
        units = sum(a.shape[1] for a in shares)
        print(f"{units} units; profile of {options.profile}; dsa in {layer} ({rows.shape[1]} units)\n")
        print("| metric | inputs | dnn-tip (s) | nv (s) | ratio | nv with passes (s) | ratio |\n|---|---:|---:|---:|---:|---:|---:|")
        for name, (count, _) in cases.items():
            theirs, ours, whole = (statistics.median(t[i] for t in times[name]) for i in range(3))
            print(f"| {name} | {count} | {theirs:.3f} | {ours:.3f} | {theirs / max(ours, 5e-4):.0f} x | {whole:.3f} | {theirs / whole:.1f} x |")


if __name__ == "__main__":
    main()
