"""What does exporting from Python cost beside exporting the same table from C++?

Both read the same Arrow file into memory, not mapped, before the clock starts, and export it with two threads in a
process of their own. Wall seconds and CPU seconds are compared in pairs; the target is less than 5 % more.
"""

import json
import os
import resource
import shutil
import sys
import time
from pathlib import Path

import lineitem
from measure import BUILD, THREADS, WORK, median_of, print_table, ratio_interval, run_json

ROWS = 10_000_000
PAIRS = 5
TARGET = 1.05


def export(source, folder, threads):
    """The Python side; prints what bench/export_bench.cc prints."""
    sys.path.insert(0, str(BUILD / "python"))
    import pyarrow as pa

    import cairn

    with pa.OSFile(source) as file:
        table = pa.ipc.open_file(file).read_all()
    config = cairn.PipelineConfig(output_data_path=folder, temp_data_path=Path(folder) / "temp", threads=threads)
    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    cairn.ExportManager(config).export_complete_dataset(table, {}, "lineitem")
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu}))


def measure(side, source):
    folder = WORK / "python_overhead"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.sync()
    commands = {
        "C++": [BUILD / "bench" / "export_bench", source, folder, THREADS],
        "Python": [sys.executable, __file__, source, folder, THREADS],
    }
    result = run_json(commands[side])
    shutil.rmtree(folder)
    return result


def run(options):
    rows = ROWS if options.rows == 3_000_000 else options.rows
    source = lineitem.arrow_file(WORK, rows)
    results = {"C++": [], "Python": []}
    for _ in range(options.pairs or PAIRS):
        for side, done in results.items():
            done.append(measure(side, source))
    lines = [["C++", *(f"{median_of(results['C++'], key):.2f}" for key in ("seconds", "cpu_seconds"))]]
    ratios = []
    for key in ("seconds", "cpu_seconds"):
        ratio, low, high = ratio_interval(*([each[key] for each in results[side]] for side in ("Python", "C++")))
        ratios += [f"{ratio:.3f}", f"{low:.3f} to {high:.3f}"]
    lines.append(["Python", *(f"{median_of(results['Python'], key):.2f}" for key in ("seconds", "cpu_seconds")), *ratios])
    print_table(["", "seconds", "CPU s", "x C++", "95 %", "x CPU", "95 %"], lines)
    print(f"  {rows:,} rows; the target is less than x {TARGET}")


if __name__ == "__main__":
    export(sys.argv[1], sys.argv[2], int(sys.argv[3]))
