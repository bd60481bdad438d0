#!/usr/bin/env python3
"""Compares the measures of `nv explain --judge` with Quantus (PyPI quantus, torch, h5py, scipy), input by input.

    check_explain.py MODEL.h5 IMAGES.npy [--nv build/release/bin/nv] [--methods LIST] [--samples 200]

MODEL is a Sequential model of Conv2D, pooling, BatchNormalization, Flatten and Dense in HDF5, of which a PyTorch copy is
made; IMAGES a float batch (N, H, W, C). Quantus gets the maps that nv saved, one input at a time (it scales a map by the
largest value of its batch). Bounds: 1e-3, relative to the larger of 1 and the value, for pixel flipping, infidelity,
sparseness, complexity and, against Petsiuk's published procedure, deletion and insertion. Random logit: nv's value must be
that of one of the other classes, to 1e-3 (gradient methods only). What draws random numbers is compared by its mean:
max-sensitivity to 15 %, the randomisation test (torch weights shuffled, too) to 0.1 plus three standard errors.
Quantus sorts equal importances in any order; here its sort is made stable, as nv's is. Exit 1 if anything differs."""
import argparse, functools, json, os, subprocess, sys, tempfile, warnings

import h5py
import numpy as np
import scipy.ndimage
import torch

np.trapz = np.trapezoid  # Quantus 0.6 uses the name that NumPy 2.4 no longer has
stable_argsort = functools.partial(np.argsort, kind="stable")
np.argsort = stable_argsort
warnings.filterwarnings("ignore")
import quantus  # noqa: E402

BOUND = 1e-3


def shuffling(kind):
    """A torch layer whose reset_parameters shuffles its numbers, as nv's randomised model has them."""
    class Shuffled(kind):
        def reset_parameters(self):
            with torch.no_grad():
                for t in [*self.parameters(recurse=False), *self.buffers(recurse=False)]:
                    if t is not None and t.numel() > 1:
                        t.copy_(t.flatten()[torch.randperm(t.numel())].reshape(t.shape))
    return Shuffled


Conv, Dense, Norm = shuffling(torch.nn.Conv2d), shuffling(torch.nn.Linear), shuffling(torch.nn.BatchNorm2d)


class ChannelsLastFlatten(torch.nn.Module):
    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


def activation(name):
    return {"linear": [], "softmax": [], "relu": [torch.nn.ReLU()], "tanh": [torch.nn.Tanh()], "sigmoid": [torch.nn.Sigmoid()]}[name]


def torch_copy(path):
    """The model up to its logits, channels first."""
    layers = []
    with h5py.File(path) as f:
        config = f.attrs["model_config"]
        config = json.loads(config if isinstance(config, str) else config.decode())
        assert config["class_name"] == "Sequential", "expected a Sequential model"
        for spec in config["config"]["layers"]:
            kind, c = spec["class_name"], spec["config"]
            group = f["model_weights"].get(c["name"])
            w = [torch.from_numpy(group[n.decode() if isinstance(n, bytes) else n][()]) for n in group.attrs["weight_names"]] if group is not None else []
            if kind == "Conv2D":
                layer = Conv(w[0].shape[2], w[0].shape[3], tuple(c["kernel_size"]), tuple(c["strides"]), padding=c["padding"], bias=len(w) > 1)
                layer.weight.data = w[0].permute(3, 2, 0, 1).contiguous()
                if len(w) > 1: layer.bias.data = w[1]
                layers += [layer, *activation(c["activation"])]
            elif kind == "Dense":
                layer = Dense(*w[0].shape)
                layer.weight.data, layer.bias.data = w[0].T.contiguous(), w[1]
                layers += [layer, *activation(c["activation"])]
            elif kind == "BatchNormalization":
                layer = Norm(len(w[0]), eps=c["epsilon"])
                layer.weight.data, layer.bias.data, layer.running_mean, layer.running_var = w
                layers.append(layer)
            elif kind == "MaxPooling2D":
                layers.append(torch.nn.MaxPool2d(tuple(c["pool_size"]), tuple(c["strides"])))
            elif kind == "AveragePooling2D":
                layers.append(torch.nn.AvgPool2d(tuple(c["pool_size"]), tuple(c["strides"])))
            elif kind == "Flatten":
                layers.append(ChannelsLastFlatten())
            elif kind == "Activation":
                layers += activation(c["activation"])
            elif kind not in ("InputLayer", "Dropout"):
                sys.exit(f"{path}: {kind} is not known here")
    return torch.nn.Sequential(*layers).eval()


def gradients(model, inputs, targets, times_input=False, **_):
    x = torch.tensor(np.asarray(inputs), dtype=torch.float32, requires_grad=True)
    model(x)[torch.arange(len(x)), torch.as_tensor(targets)].sum().backward()
    return (x.grad * x.detach() if times_input else x.grad).numpy()


def probability(model, x, label):
    with torch.no_grad():
        return np.concatenate([model(torch.from_numpy(np.stack(b))).softmax(1)[:, label].numpy() for b in np.array_split(x, max(1, len(x) // 64))])


def petsiuk(model, x, label, saliency, start, finish):
    """Area below the curve of the causal metric of https://github.com/eclique/RISE (evaluation.py)."""
    c, h, w = x.shape
    order = np.argsort(-saliency.sum(0).reshape(-1).astype(np.float64))
    steps = (h * w + w - 1) // w
    now, versions = start.copy(), []
    for i in range(steps + 1):
        versions.append(now.copy())
        place = order[w * i:w * (i + 1)]
        now.reshape(c, h * w)[:, place] = finish.reshape(c, h * w)[:, place]
    scores = probability(model, versions, label)
    return (scores.sum() - scores[0] / 2 - scores[-1] / 2) / (len(scores) - 1)


def blurred(x):
    impulse = np.zeros((11, 11))
    impulse[5, 5] = 1
    kernel = scipy.ndimage.gaussian_filter(impulse, 5)
    return np.stack([scipy.ndimage.convolve(p.astype(np.float64), kernel, mode="constant") for p in x]).astype(np.float32)


def run_nv(args, folder):
    command = [args.nv, "explain", args.model, args.images, "--method", args.methods, "--judge", "--judge-samples", str(args.samples),
               "--format", "npy", "-o", folder, "--json", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr.strip())
    return json.loads(done.stdout)


class Report:
    def __init__(self):
        self.worst, self.failed = {}, 0

    def hold(self, what, got, want, bound=BOUND):
        error = abs(got - want) / max(1.0, abs(want))
        key = what.split(":")[0] + " " + what.split(":")[1]
        self.worst[key] = max(self.worst.get(key, 0), error)
        if not error <= bound:
            self.failed += 1
            print(f"FAIL {what}: nv {got:.6g}, reference {want:.6g}")


def quiet(metric, **options):
    return metric(disable_warnings=True, **options)


def check_method(report, method, items, maps, model, x, explain):
    def one(i):
        return dict(model=model, x_batch=x[i:i + 1].copy(), y_batch=np.array([items[i]["class"]]), a_batch=maps[i][None].copy(), channel_first=True, device="cpu")
    for i, item in enumerate(items):
        scores, label = item["scores"], item["class"]
        a = maps[i] if maps[i].ndim == 3 else maps[i][None]
        where = lambda name: f"{method}:{name}:input {i}"
        report.hold(where("pixel-flipping"), scores["pixel-flipping"], quiet(quantus.PixelFlipping, return_auc_per_sample=True)(softmax=True, **one(i))[0])
        report.hold(where("infidelity"), scores["infidelity"], float(quiet(quantus.Infidelity, n_perturb_samples=1)(softmax=False, **one(i))[0]))
        report.hold(where("sparseness"), scores["sparseness"], float(quiet(quantus.Sparseness)(**one(i))[0]))
        report.hold(where("complexity"), scores["complexity"], float(quiet(quantus.Complexity)(**one(i))[0]))
        report.hold(where("deletion"), scores["deletion"], petsiuk(model, x[i], label, a, x[i], np.zeros_like(x[i])))
        report.hold(where("insertion"), scores["insertion"], petsiuk(model, x[i], label, a, blurred(x[i]), x[i]))
        if explain is None:
            continue
        report.hold(where("map"), float(np.abs(a - explain(model, x[i:i + 1], [label])[0]).max() / np.abs(a).max()), 0.0)
        others = []
        for k in range(10):
            if k != label:
                b = explain(model, x[i:i + 1], [k])[0]
                others.append(float(quantus.similarity_func.ssim((a / np.abs(a).max()).ravel(), (b / np.abs(b).max()).ravel())))
        report.hold(where("random-logit"), scores["random-logit"], min(others, key=lambda v: abs(v - scores["random-logit"])))


def check_random(report, method, judged, items, maps, model, x, explain, samples):
    y = np.array([i["class"] for i in items])
    np.random.seed(1)
    call = dict(model=model, x_batch=x.copy(), y_batch=y, channel_first=True, device="cpu", explain_func=explain)
    sensitivity = np.mean(quiet(quantus.MaxSensitivity, nr_samples=samples)(a_batch=maps.copy(), **call))
    got = judged["scores"]["max-sensitivity"]["mean"]
    report.hold(f"{method}:max-sensitivity (mean)", got / sensitivity, 1.0, 0.15)
    rises = [np.mean(quiet(quantus.EfficientMPRT, seed=s)(a_batch=maps.copy(), **call)) for s in range(5)]
    got = judged["scores"]["randomisation"]
    report.hold(f"{method}:randomisation (mean)", got["mean"], np.mean(rises), 0.1 + 3 * np.std(rises))
    print(f"{method}: max-sensitivity nv {judged['scores']['max-sensitivity']['mean']:.4f}, Quantus {sensitivity:.4f}; "
          f"randomisation nv {got['mean']:.4f}, Quantus {np.mean(rises):.4f} (five seeds: {min(rises):.4f} to {max(rises):.4f})")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("images")
    parser.add_argument("--nv", default="build/release/bin/nv")
    parser.add_argument("--methods", default="gradient,gradient-input,grad-cam,occlusion")
    parser.add_argument("--samples", type=int, default=200)
    args = parser.parse_args()
    torch.set_num_threads(1)
    model = torch_copy(args.model)
    x = np.ascontiguousarray(np.load(args.images).astype(np.float32).transpose(0, 3, 1, 2))
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        result = run_nv(args, folder)
        runs = result.get("runs") or [result]
        judged = {m["method"]: m for m in result["judge"]["methods"]}
        for run in runs:
            method = run["method"]
            maps = [np.load(os.path.join(folder, i["files"]["npy"])) for i in run["inputs"]]
            maps = np.stack([m.transpose(2, 0, 1) if m.ndim == 3 else m for m in maps])
            explain = {"gradient": gradients, "gradient-input": functools.partial(gradients, times_input=True)}.get(method)
            check_method(report, method, run["inputs"], maps, model, x, explain)
            if explain:
                check_random(report, method, judged[method], run["inputs"], maps, model, x, explain, args.samples)
    for key, error in report.worst.items():
        print(f"{key:<40} largest difference {error:.1e}")
    print(f"{report.failed} failed")
    sys.exit(bool(report.failed))


if __name__ == "__main__":
    main()
