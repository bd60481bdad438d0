#!/usr/bin/env python3
"""Writes what Foolbox reaches on a model, for check_attacks.py: success rate and medians of L2, Linf and L0 per run.

    foolbox_known.py MODEL IMAGES OUT.json [--items 60] [--linf 0.05,0.1] [--l2 0.5,1] [--only TEXT] [--nv build/release/bin/nv]

IMAGES is an IDX or CIFAR file. Attacked are those of its first --items for which nv and Keras predict the same class; that
class is the label. The model takes images of 0..1; a softmax at its end is left out, since Foolbox expects logits.
The success rate of runs that depend on a random start is the mean over as many seeds as check_attacks.py takes.
Needs scripts/requirements.txt and foolbox."""
import argparse, gzip, json, os, subprocess, time

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import foolbox, keras, numpy, tensorflow

from check_attacks import SEEDS

A = foolbox.attacks
LINF = {"fgsm": A.LinfFastGradientAttack, "bim": A.LinfBasicIterativeAttack, "pgd": A.LinfPGD,
        "mi-fgsm": A.LinfMomentumIterativeFastGradientMethod, "uniform": A.LinfAdditiveUniformNoiseAttack}
L2 = {"fgm-l2": A.L2FastGradientAttack, "pgd-l2": A.L2PGD, "gaussian-l2": A.L2AdditiveGaussianNoiseAttack}
# With the parameters that check_attacks.py gives to nv.
LEAST = {"deepfool-l2": A.L2DeepFoolAttack, "deepfool-linf": A.LinfDeepFoolAttack,
         "cw-l2": lambda: A.L2CarliniWagnerAttack(binary_search_steps=6, steps=200, stepsize=0.05, initial_const=0.1),
         "ead": lambda: A.EADAttack(binary_search_steps=5, steps=200), "ddn": A.DDNAttack, "fmn-l2": A.L2FMNAttack,
         "fmn-linf": A.LInfFMNAttack, "newtonfool": A.NewtonFoolAttack, "salt-and-pepper": A.SaltAndPepperNoiseAttack,
         "gaussian-blur": A.GaussianBlurAttack, "contrast": A.LinearSearchContrastReductionAttack,
         "inversion": A.InversionAttack, "spatial": A.SpatialAttack,
         "hop-skip-jump": lambda: A.HopSkipJumpAttack(steps=10, initial_gradient_eval_steps=50, max_gradient_eval_steps=500),
         "boundary": lambda: A.BoundaryAttack(steps=1000)}


def pictures(path, shape):
    data = (gzip.open if path.endswith(".gz") else open)(path, "rb").read()
    if "idx3" in path:
        return numpy.frombuffer(data[16:], "u1").reshape(-1, *shape).astype("f4") / 255
    rows = numpy.frombuffer(data, "u1").reshape(-1, 3073)[:, 1:]
    return rows.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1).astype("f4") / 255


def logits_of(model):
    last = model.layers[-1]
    if getattr(last, "activation", None) is keras.activations.softmax:
        last.activation = keras.activations.linear
    elif type(last).__name__ == "Softmax":
        model = keras.Model(model.inputs, model.layers[-2].output)
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("images")
    parser.add_argument("out")
    parser.add_argument("--items", type=int, default=60)
    parser.add_argument("--linf", default="0.05,0.1")
    parser.add_argument("--l2", default="0.5,1")
    parser.add_argument("--only", default="", help="runs whose name holds this text")
    parser.add_argument("--nv", default="build/release/bin/nv")
    o = parser.parse_args()
    model = logits_of(keras.models.load_model(o.model, compile=False))
    call = tensorflow.function(lambda x: model(x, training=False))
    x = pictures(o.images, model.input_shape[1:])[: o.items]
    clean = model.predict(x, verbose=0).argmax(-1)
    clean_nv = json.loads(subprocess.run([o.nv, "attack", o.model, o.images + f"#0-{o.items - 1}", "--method", "uniform", "--eps", "0.001",
                                      "--json", "--quiet"], capture_output=True, text=True).stdout)["inputs"]
    indices = [i for i in range(len(x)) if clean_nv[i]["original"]["index"] == clean[i]]
    x, y = tensorflow.constant(x[indices]), tensorflow.constant(clean[indices])
    attacked = foolbox.TensorFlowModel(call, bounds=(0, 1), device="/CPU:0")
    runs = {f"{name} eps={eps}": (make, float(eps)) for group, sizes in ((LINF, o.linf), (L2, o.l2))
            for name, make in group.items() for eps in sizes.split(",")}
    runs |= {name: (make, None) for name, make in LEAST.items()}
    known = {"about": f"Foolbox {foolbox.__version__} on TensorFlow {tensorflow.__version__}, {os.path.basename(o.model)}, {os.path.basename(o.images)}",
             "indices": indices}
    for name, (make, eps) in runs.items():
        if o.only not in name:
            continue
        start = time.perf_counter()
        rates = []
        try:
            for seed in range(SEEDS.get(name.partition(" ")[0], 1)):
                keras.utils.set_random_seed(seed)
                _, samples, fooled = make()(attacked, x, foolbox.criteria.Misclassification(y), epsilons=eps)
                rates.append(float(fooled.numpy().mean()))
        except Exception as error:  # some attacks fail if no starting point fools the model
            print(f"{name}: {error}", flush=True)
            continue
        fooled, change = fooled.numpy(), (samples - x).numpy().reshape(len(indices), -1)[fooled.numpy()]
        sizes = {"l2": numpy.linalg.norm(change, axis=1), "linf": abs(change).max(1) if len(change) else [],
                 "l0": (change != 0).sum(1)}
        known[name] = {"success": float(numpy.mean(rates)), "seconds": round(time.perf_counter() - start, 2),
                       **{f"median_{k}": float(numpy.nanmedian(v)) if len(v) else None for k, v in sizes.items()}}
        print(name, known[name], flush=True)
    with open(o.out, "w") as file:
        json.dump(known, file)
        file.write("\n")


if __name__ == "__main__":
    main()
