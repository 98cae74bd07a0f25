"""How things are measured here: in turn, in processes of their own, told as the median of paired ratios."""

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "release"
WORK = ROOT / "build" / "bench"
THREADS = 2
RESAMPLES = 2000


def run_json(command):
    """Run a program that prints one JSON object as its last line."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def run_and_watch(command):
    """Run a program to its end; its wall seconds, CPU seconds and peak resident bytes, by the kernel's count.

    A small process stands between: the peak of a child is at least what its parent held when it forked.
    """
    return run_json([sys.executable, __file__, *command])


def watch(command):
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise subprocess.CalledProcessError(child.returncode, command)
    return {"seconds": seconds, "cpu_seconds": used.ru_utime + used.ru_stime, "peak_rss": used.ru_maxrss * 1024}


def ratio_interval(numerators, denominators):
    """Median of the ratios of paired measurements, and the ends of its bootstrap 95 % interval."""
    ratios = np.array(numerators) / np.array(denominators)
    picks = np.random.default_rng(1).integers(0, ratios.size, (RESAMPLES, ratios.size))
    low, high = np.percentile(np.median(ratios[picks], axis=1), [2.5, 97.5])
    return float(np.median(ratios)), float(low), float(high)


def median_of(results, key):
    return statistics.median(result[key] for result in results)


def fdatasync_probe(folder, times=200):
    """Median seconds of a 4 KiB write made durable: what any commit costs at least, here and now."""
    path = folder / "fdatasync.probe"
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    taken = []
    try:
        for _ in range(times):
            start = time.perf_counter()
            os.pwrite(descriptor, bytes(4096), 0)
            os.fdatasync(descriptor)
            taken.append(time.perf_counter() - start)
    finally:
        os.close(descriptor)
        path.unlink()
    return statistics.median(taken)


def machine_line(folder):
    """One line about where the numbers come from."""
    about_cpus = Path("/proc/cpuinfo").read_text().splitlines()
    cpu = next((line.split(":")[1].strip() for line in about_cpus if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return (
        f"machine: {cpu}, {os.cpu_count()} CPUs, {memory:.0f} GiB, Linux {platform.release()}, load {load:.1f} before; "
        f"4 KiB fdatasync {fdatasync_probe(folder) * 1e3:.2f} ms"
    )


def print_table(header, rows):
    """Columns aligned: the first to the left, the others to the right."""
    cells = [[*row, *[""] * (len(header) - len(row))] for row in [header, *rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    for row in cells:
        first, *others = (cell.rjust(width) for cell, width in zip(row, widths))
        print("  ".join(["", first.strip().ljust(widths[0]), *others]).rstrip())


if __name__ == "__main__":
    print(json.dumps(watch(sys.argv[1:])))
