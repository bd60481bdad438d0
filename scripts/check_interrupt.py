#!/usr/bin/env python3
"""Interrupts nv attack --resume and nv run -o at random moments, twice each, lets the next run go on, and compares the folder
with that of an undisturbed run: the same files, the same bytes, nothing else. Signals are SIGKILL, and SIGINT
once or twice.

    check_interrupt.py [--nv build/release/bin/nv] [--rounds 200] [--seed 0] [--only attack|run]
"""
import argparse
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent.parent


def tree(folder):
    return {
        str(p.relative_to(folder)): p.read_bytes() if p.is_file() and not p.is_symlink() else None
        for p in sorted(folder.rglob("*"))
    }


def differences(a, b):
    return [name for name in sorted(a.keys() | b.keys()) if a.get(name, 0) != b.get(name, 0)]


def interrupted(command, delay, kind, pause):
    """Exit code and stderr of the process, after a signal `delay` seconds from its start."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL if kind == "kill" else signal.SIGINT)
    if kind == "int twice":
        time.sleep(pause)
        process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    return process.returncode, err


class Check:
    def __init__(self, nv, rounds, seed):
        self.nv, self.rounds, self.random = nv, rounds, random.Random(seed)
        self.failures = 0
        self.endings = {}

    def say(self, text):
        self.failures += 1
        print(text, flush=True)

    def one(self, name, out, command, expected, seconds, number):
        shutil.rmtree(out, ignore_errors=True)
        kind = self.random.choice(["kill", "int", "int twice"])
        for _ in range(2):
            code, err = interrupted(command, self.random.uniform(0, seconds), kind, self.random.uniform(0, 0.01))
            ended = "kill" if code == -signal.SIGKILL else str(code)
            self.endings[ended] = self.endings.get(ended, 0) + 1
            if code not in (0, 130, -signal.SIGKILL, -signal.SIGINT):  # the last: before it was listening
                self.say(f"{name}, round {number}: exit code {code} after {kind}: {err.strip()}")
            if code == 130 and kind == "int" and (not err.startswith("nv: interrupted") or err.count("\n") != 1):
                self.say(f"{name}, round {number}: stderr {err!r}")
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=300)
        if done.returncode != 0:
            return self.say(f"{name}, round {number}: exit code {done.returncode} at last: {done.stderr.strip()}")
        if wrong := differences(tree(out), expected):
            self.say(f"{name}, round {number}, {kind}: {len(wrong)} files differ: {', '.join(wrong[:5])}")

    def run(self, name, arguments, extra, base):
        whole, out = base / f"{name}-whole", base / name
        start = time.monotonic()
        subprocess.run([self.nv, *arguments, "-o", whole], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seconds = time.monotonic() - start
        expected = tree(whole)
        command = [self.nv, *arguments, "-o", out, *extra]
        for number in range(1, self.rounds + 1):
            self.one(name, out, command, expected, seconds * 1.1, number)
            if number % 20 == 0:
                print(f"{name}: {number} of {self.rounds} rounds, {self.failures} failures", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nv", default=str(HERE / "build/release/bin/nv"))
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=["attack", "run"])
    options = parser.parse_args()
    model = HERE / "examples/models/lenet5-mnist.h5"
    images = HERE / "examples/idx/kept-images-idx3-ubyte.gz"
    truth = HERE / "examples/idx/kept-labels-idx1-ubyte.gz"
    check = Check(os.path.abspath(options.nv), options.rounds, options.seed)
    with tempfile.TemporaryDirectory(prefix="nv-interrupt-") as folder:
        base = pathlib.Path(folder)
        if options.only != "run":
            check.run("attack", ["attack", model, images, "--items", "0-99", "--truth", truth, "--method", "bim,deepfool",
                                 "--eps", "0.25", "--batch", "8"], ["--resume"], base)
        if options.only != "attack":
            check.run("run", ["run", model, images, "--items", "0-39"], [], base)
    print(f"{check.failures} failures; exit codes of what was interrupted: {check.endings}")
    return 1 if check.failures else 0


if __name__ == "__main__":
    sys.exit(main())
