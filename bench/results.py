"""What the scripts of this folder share: the sections of RESULTS.md, and what their numbers depend on."""

import datetime
import importlib.metadata
import os
import pathlib
import platform
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILE = ROOT / "bench" / "RESULTS.md"


def write_section(title, text):
    """Replaces the section `title` of RESULTS.md, or adds it at the end."""
    heading = f"## {title}\n"
    before, after = FILE.read_text(), ""
    if heading in before:
        before, _, after = before.partition(heading)
        after = "\n## ".join(["", *after.split("\n## ")[1:]])
    FILE.write_text(f"{before.rstrip()}\n\n{heading}\n{text.strip()}\n{after}")


def cpu():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def environment(packages):
    """The CPU, the versions of those of the packages that are installed, and the date."""
    versions = []
    for name in packages:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return ", ".join([cpu(), *versions, datetime.date.today().isoformat()])


def whole_process(command, cores):
    """Seconds from start to exit on the first `cores` cores, and peak memory in MiB."""
    start = time.perf_counter()
    process = subprocess.Popen(["taskset", "-c", f"0-{cores - 1}", *map(str, command)], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: wait status {status}")
    return seconds, usage.ru_maxrss / 1024
