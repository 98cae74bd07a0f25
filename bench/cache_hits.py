"""What does a hit cost?

A mapped entry of 400 MB and more; a Parquet entry beside pyarrow's read_table of the same file, two threads each; and a
small entry among 100,000 others as against 100.
"""

import json
import shutil
import subprocess
import sys

from measure import BUILD, WORK, print_table, ratio_interval, run_json

MAPPED_ROWS = 4_300_000  # about 410 MB
PARQUET_ROWS = 2_000_000
ROUNDS, HITS = 7, 5
FEW, MANY, SMALL_HITS = 100, 100_000, 300
MAPPED_TARGET_MS, PARQUET_TARGET, GROWTH_TARGET = 5, 1.0, 1.2

READ_TABLE = """
import json, resource, sys, time
import pyarrow as pa, pyarrow.parquet as pq
pa.set_cpu_count(2)
pa.set_io_thread_count(2)
seconds, cpu_seconds = [], []
for i in range(-1, int(sys.argv[2])):
    used, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    table = pq.read_table(sys.argv[1])
    end, after = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    del table
    if i >= 0:
        seconds.append(end - start)
        cpu_seconds.append(after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime)
print(json.dumps({"seconds": seconds, "cpu_seconds": cpu_seconds}))
"""


def median(values):
    return sorted(values)[len(values) // 2]


def bench(*words):
    return run_json([BUILD / "bench" / "cache_bench", *words])


def hits(folder, count):
    return {name: median(values) for name, values in bench("hits", folder, count).items()}


def read_table(file, count):
    command = [sys.executable, "-c", READ_TABLE, file, str(count)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return {name: median(values) for name, values in json.loads(done.stdout).items()}


def paired(first, second, name):
    return ratio_interval([one[name] for one in first], [other[name] for other in second])


def told(interval):
    middle, low, high = interval
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


def run(options):
    folder = WORK / "cache_hits"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rounds = options.pairs or ROUNDS

    bench("make", folder / "mapped", "arrow", MAPPED_ROWS)
    file = next((folder / "mapped").glob("*.arrow"))
    mapped = [hits(folder / "mapped", HITS) for _ in range(rounds)]
    milliseconds = 1000 * median([one["seconds"] for one in mapped])

    bench("make", folder / "parquet", "parquet", PARQUET_ROWS)
    parquet = next((folder / "parquet").glob("*.parquet"))
    pairs = [(hits(folder / "parquet", HITS), read_table(parquet, HITS)) for _ in range(rounds)]
    ours, theirs = zip(*pairs, strict=True)

    bench("fill", folder / "few", FEW)
    bench("fill", folder / "many", MANY)
    growth = [(hits(folder / "many", SMALL_HITS), hits(folder / "few", SMALL_HITS)) for _ in range(rounds)]
    many, few = zip(*growth, strict=True)

    print_table(
        ("hit", "seconds", "CPU seconds", "target"),
        [
            (f"mapped, {file.stat().st_size / 1e6:.0f} MB", f"{milliseconds:.2f} ms", "", f"{MAPPED_TARGET_MS} ms"),
            ("Parquet, x pyarrow", told(paired(ours, theirs, "seconds")), told(paired(ours, theirs, "cpu_seconds")),
             f"{PARQUET_TARGET}"),
            (f"among {MANY:,}, x among {FEW}", told(paired(many, few, "seconds")),
             told(paired(many, few, "cpu_seconds")), f"{GROWTH_TARGET}"),
        ],
    )  # fmt: skip
    shutil.rmtree(folder)
