"""What does a checkpoint cost when nothing or one column of ten has changed, and what does its caller wait for?

A table of 1 GB in memory, ten columns of 64-bit integers with 32 bits of noise each; each round in a process and a store
of its own. Small checkpoints are saved beside none, 200 and 1,000 others of a hundred processes.
"""

import json
import shutil
import statistics
import subprocess

from measure import BUILD, THREADS, WORK, fdatasync_probe, print_table

MEGABYTES = 1000
ROUNDS = 3
TARGETS = {
    # what: (beside what, share of its bytes, share of its time)
    "unchanged": ("first", 0.01, 0.10),
    "one_column": ("first", 0.11, None),
    "background": ("background_wait", None, 0.01),
}


def measure_once():
    folder = WORK / "checkpoint_saves"
    shutil.rmtree(folder, ignore_errors=True)
    command = [BUILD / "bench" / "checkpoint_bench", folder, MEGABYTES, THREADS]
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True, check=True)
    shutil.rmtree(folder)
    return {save["save"]: save for save in map(json.loads, done.stdout.splitlines())}


def share(rounds, what, beside, key):
    return statistics.median(one[what][key] / one[beside][key] for one in rounds if one[beside][key])


def row(rounds, what):
    median = {key: statistics.median(one[what][key] for one in rounds) for key in ("seconds", "cpu_seconds", "bytes")}
    cells = [what, f"{median['seconds']:.4f}", f"{median['cpu_seconds']:.4f}", f"{median['bytes'] / 1e6:.3f}"]
    if what not in TARGETS:
        return cells
    beside, of_bytes, of_time = TARGETS[what]
    shares = {key: share(rounds, what, beside, key) for key in ("seconds", "cpu_seconds", "bytes")}
    met = (of_bytes is None or shares["bytes"] <= of_bytes) and (of_time is None or shares["seconds"] <= of_time)
    wanted = ", ".join(f"{most:.0%} of {name}" for most, name in ((of_bytes, "bytes"), (of_time, "time")) if most)
    told = [f"{shares[key]:.4%}" for key in ("seconds", "cpu_seconds", "bytes")]
    return [*cells, *told, f"{wanted}: {'met' if met else 'missed'}"]


def run(options):
    rounds = [measure_once() for _ in range(options.pairs or ROUNDS)]
    print_table(
        ["", "seconds", "CPU s", "MB written", "time, of the whole", "CPU", "bytes", "target"],
        [row(rounds, what) for what in rounds[0]],
    )
    print(f"  a durable 4 KiB write takes {fdatasync_probe(WORK) * 1e3:.2f} ms here; a checkpoint makes seven or more")
