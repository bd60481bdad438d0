#!/usr/bin/env python3
"""Compares nv's attacks on one model with what Foolbox reaches on it.

    check_attacks.py MODEL IMAGES KNOWN.json [--nv build/release/bin/nv] [--only TEXT] [--sample N --seed S] [--keras]

KNOWN.json (made by foolbox_known.py) has "indices", the items of IMAGES that Foolbox attacked, and per run
("fgsm eps=0.1", "deepfool-l2") its success rate and the medians of L2, Linf and L0 over successful samples. A run passes
if nv's rate is within two points (for attacks that search the smallest change: not more than that below), and if the
median that such an attack minimises is at most 3 % larger. PGD's rate is the mean over ten seeds: with a single seed
Foolbox's own varies by seven points. --sample N takes N of the runs, chosen by --seed. Needs nothing but Python.

--keras also gives every sample found to Keras (scripts/requirements.txt): the exact array must fool it, and the saved
image must fool it if and only if nv's survives_png says so. Exit 1 if anything fails."""
import argparse, json, os, random, statistics, subprocess, sys, tempfile

# Runs of the table: Foolbox's name, nv's options with Foolbox's parameters, and the norm that nv minimises, if any.
RUNS = {
    "deepfool-l2": ("deepfool", "l2"),
    "deepfool-linf": ("deepfool --norm Linf", "linf"),
    "cw-l2": ("carlini-wagner --steps 200 --step-size 0.05 --set search-steps=6 --set constant=0.1", "l2"),
    "ead": ("ead --steps 200 --set search-steps=5", "l2"),
    "ddn": ("ddn", "l2"),
    "fmn-l2": ("fmn", "l2"),
    "fmn-linf": ("fmn --norm Linf", "linf"),
    "newtonfool": ("newtonfool", "l2"),
    "salt-and-pepper": ("salt-and-pepper", "l2"),
    "gaussian-blur": ("blur", "l2"),
    "contrast": ("contrast", "l2"),
    "inversion": ("inversion", "l2"),
    "spatial": ("spatial", "l2"),
    "hop-skip-jump": ("hop-skip-jump --steps 10 --set evaluations=50 --set most-evaluations=500", "l2"),
    "boundary": ("boundary --steps 1000", "l2"),
}
# Runs with "eps=E" after the name.
BALLS = {"fgsm": "fgsm", "fgm-l2": "fgm-l2", "bim": "bim", "pgd": "pgd", "pgd-l2": "pgd --norm L2", "mi-fgsm": "mi-fgsm --set signs=1",
         "uniform": "uniform", "gaussian-l2": "gaussian"}
SEEDS = {"pgd": 10, "pgd-l2": 10}  # runs whose success depends on the random start by several points
NORMS = ("l2", "linf", "l0")


def options_of(name):
    """nv's options for a run of the table, and the norm that it minimises; None for one that nv does not have."""
    method, _, eps = name.partition(" eps=")
    if not eps:
        return RUNS.get(method)
    return (f"{BALLS[method]} --eps {eps}", None) if method in BALLS else None


def attack(nv, model, images, method, seed, out):
    command = [nv, "attack", model, images, "--method", *method.split(), "--seed", str(seed), "--json", "--quiet", "-o", out]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(done.stderr.strip())
    return json.loads(done.stdout)


def rate_and_medians(run):
    found = [i for i in run["inputs"] if i["status"] == "success"]
    medians = {n: statistics.median(i[n] for i in found) if found else None for n in NORMS}
    return run["summary"]["success_rate"], medians


def faults(rate, medians, known, minimised):
    """What is worse in a run than in Foolbox's."""
    short = known["success"] - rate
    if short > 0.0201 or (minimised is None and short < -0.0201):
        yield f"success {rate:.2f}, not {known['success']:.2f}"
    least = minimised and known[f"median_{minimised}"]
    if least and not (medians[minimised] is not None and medians[minimised] <= 1.03 * least):
        yield f"median {minimised} {medians[minimised]:.4g}, above {least:.4g}"


class Keras:
    """The model in Keras, which predicts the class of samples."""

    def __init__(self, model):
        os.environ.setdefault("KERAS_BACKEND", "tensorflow")
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"  # its sums differ from one processor to the next
        import keras, numpy, PIL.Image
        self.numpy, self.open = numpy, PIL.Image.open
        self.model = keras.saving.load_model(model, compile=False)

    def classes(self, inputs):
        shape = (-1, *self.model.input_shape[1:])
        batch = self.numpy.concatenate([i.astype("f4").reshape(shape) for i in inputs])
        return self.model.predict(batch, verbose=0).argmax(-1)

    def faults(self, run, out):
        """Samples that do not fool Keras, and images for which survives_png is wrong."""
        found = [i for i in run["inputs"] if i["status"] == "success"]
        if not found:
            return
        arrays = [self.numpy.load(f"{out}/{i['files']['npy']}") for i in found]
        mode = "RGB" if self.model.input_shape[-1] == 3 else "L"
        pictures = [self.numpy.asarray(self.open(f"{out}/{i['files']['png']}").convert(mode)) / 255 for i in found]
        for item, exact, saved in zip(found, self.classes(arrays), self.classes(pictures)):
            clean = item["original"]["index"]
            if exact == clean:
                yield f"{item['id']} does not fool Keras"
            if (saved != clean) != item["survives_png"]:
                yield f"{item['id']}: survives_png is {item['survives_png']}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("images")
    parser.add_argument("known")
    parser.add_argument("--nv", default="build/release/bin/nv")
    parser.add_argument("--only", default="", help="runs whose name holds this text")
    parser.add_argument("--sample", type=int, metavar="N", help="N runs, chosen by --seed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keras", action="store_true", help="give every sample to Keras")
    options = parser.parse_args()
    with open(options.known) as file:
        known = json.load(file)
    images = options.images + "#" + ",".join(map(str, known["indices"]))
    keras = Keras(options.model) if options.keras else None
    print(f"{'run':20}{'success':>8}{'Foolbox':>8}   " + "".join(f"{n:>9}{'Foolbox':>9}" for n in NORMS))
    compared = failed = samples = 0
    names = [name for name, value in known.items() if isinstance(value, dict) and options.only in name]
    if options.sample is not None and options.sample < len(names):
        chosen = set(random.Random(options.seed).sample(names, options.sample))
        names = [name for name in names if name in chosen]
    for name in names:
        reference = known[name]
        method, minimised = options_of(name) or sys.exit(f"{name}: no such run")
        rates, medians, bad = [], {}, []
        for seed in range(SEEDS.get(name.partition(" ")[0], 1)):
            with tempfile.TemporaryDirectory() as out:
                run = attack(options.nv, options.model, images, method, seed, out)
                rate, medians = rate_and_medians(run)
                rates.append(rate)
                if keras:
                    bad += keras.faults(run, out)
                    samples += run["summary"]["succeeded"]
        rate = statistics.mean(rates)
        bad += faults(rate, medians, reference, minimised)
        show = lambda v: f"{v:9.4g}" if v is not None else f"{'-':>9}"
        print(f"{name:20}{rate:8.2f}{reference['success']:8.2f}   " +
              "".join(show(medians[n]) + show(reference[f"median_{n}"]) for n in NORMS) +
              ("  FAIL " + "; ".join(bad[:5]) if bad else "  ok"), flush=True)
        compared += 1
        failed += bool(bad)
    print(f"{compared} runs compared, {failed} failed" + (f", {samples} samples given to Keras" if keras else ""))
    sys.exit(failed > 0 or compared == 0)


if __name__ == "__main__":
    main()
