"""How long does a complete export take, beside the same job written with pandas, pyarrow, polars and DuckDB?

The complete export: CSV, Parquet (snappy), MD5 of both, both read back and compared with the input, metadata written
and the version registered. Everyone gets the same rows, in memory before the clock starts, and two threads. Cairn also
makes every byte durable, publishes all of it at once, and computes digest and profile; its peers do not.
"""

import os
import shutil

import lineitem
import peers
from measure import BUILD, THREADS, WORK, median_of, print_table, ratio_interval, run_json

ROUNDS = 5
PANDAS_ROUNDS = 2
TARGETS = {"pandas": 10.0, "pyarrow": 2.0, "polars": 1.3, "duckdb": 1.3}


def command(name, source, folder):
    if name == "cairn":
        return [BUILD / "bench" / "export_bench", source, folder, THREADS]
    return peers.command("export", name, source, folder)


def fresh_folder():
    """An empty folder, and nothing left to be written back that one contestant would pay for another."""
    folder = WORK / "complete_export"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.sync()
    return folder


def check_with_peers(source):
    """Before anything is timed: what Cairn wrote holds the input, says everyone else."""
    folder = fresh_folder()
    run_json(command("cairn", source, folder))
    files = [next(folder.glob(f"{kind}/*.{kind}")) for kind in ("csv", "parquet")]
    for name in peers.PEERS:
        answer = run_json(peers.command("read", name, source, *files))
        if answer != {"csv": True, "parquet": True}:
            raise SystemExit(f"{name} does not find the input in the files of Cairn: {answer}")
    print(f"  {', '.join(peers.PEERS)} find the input in the files of Cairn, values and types")


def measure(source, rounds):
    results = {name: [] for name in ("cairn", *peers.PEERS)}
    for number in range(rounds):
        for name, done in results.items():
            if name != "pandas" or number < PANDAS_ROUNDS:
                done.append(run_json(command(name, source, fresh_folder())))
    return results


def row(name, done, cairn):
    cells = [
        name,
        f"{median_of(done, 'seconds'):.2f}",
        f"{median_of(done, 'cpu_seconds'):.2f}",
        f"{median_of(done, 'csv_bytes') / 1e6:.0f}",
        f"{median_of(done, 'parquet_bytes') / 1e6:.0f}",
        f"{max(result['peak_rss'] for result in done) / 1e6:.0f}",
    ]
    if name == "cairn":
        return cells
    pairs = cairn[: len(done)]
    ratio, low, high = ratio_interval([r["seconds"] for r in done], [r["seconds"] for r in pairs])
    cpu, _, _ = ratio_interval([r["cpu_seconds"] for r in done], [r["cpu_seconds"] for r in pairs])
    verdict = "met" if low >= TARGETS[name] else "missed"
    return [*cells, f"{ratio:.2f}", f"{low:.2f} to {high:.2f}", f"{cpu:.2f}", f"{TARGETS[name]:.1f} {verdict}"]


def run(options):
    source = lineitem.arrow_file(WORK, options.rows)
    megabytes = source.stat().st_size / 1e6
    print(f"  {options.rows:,} rows x {len(lineitem.SCHEMA)} columns, {megabytes:.0f} MB of Arrow memory")
    check_with_peers(source)
    results = measure(source, options.pairs or ROUNDS)
    print_table(
        ["", "seconds", "CPU s", "CSV MB", "Parquet MB", "peak MB", "x Cairn", "95 %", "x CPU", "target"],
        [row(name, done, results["cairn"]) for name, done in results.items()],
    )
    print("  seconds are medians; ratios are medians of paired ratios; a target is met where the whole interval is")
    shutil.rmtree(WORK / "complete_export")
