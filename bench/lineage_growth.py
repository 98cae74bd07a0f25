"""What does lineage cost with a million edges, to record and to ask?

Recording a run that reads four versions and makes one, in CPU time, as the graph grows; then walks over the whole of
it, and over a second graph that is one chain. The stores are on a RAM disk, because a commit's fsync would be most of
what is seen.
"""

import tempfile
from pathlib import Path

from measure import BUILD, print_table, run_json

EDGES = 1_000_000
RAM_DISK = Path("/dev/shm")


def micros(seconds):
    return f"{seconds * 1e6:,.1f}"


def millis(seconds):
    return f"{seconds * 1e3:,.1f}"


def run(_options):
    with tempfile.TemporaryDirectory(dir=RAM_DISK if RAM_DISK.is_dir() else None) as folder:
        results = run_json([BUILD / "bench" / "lineage_bench", f"{folder}/store", EDGES])
    inserts = {name: result for name, result in results.items() if "batched" in result}
    first = next(iter(inserts.values()))
    print_table(
        ["", "CPU µs a run, batched", "ratio", "one by one", "ratio"],
        [
            [
                name,
                micros(result["batched"]),
                f"{result['batched'] / first['batched']:.2f}",
                micros(result["single"]),
                f"{result['single'] / first['single']:.2f}",
            ]
            for name, result in inserts.items()
        ],
    )
    print_table(
        ["", "answers", "CPU ms at first", "best of 4"],
        [
            [name, f"{result['answer']:,}", millis(result["first"]), millis(result["best"])]
            for name, result in results.items()
            if "answer" in result
        ],
    )
