"""What do everyday calls cost with 100,000 versions in the catalog, as against 100?

Listing the 20 newest versions, showing the newest, and one more small export: in process, and as whole runs of the
command. Both catalogs hold one dataset; they are filled on a RAM disk and copied.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path

from measure import BUILD, WORK, fdatasync_probe, print_table, ratio_interval, run_and_watch, run_json

FEW, MANY = 100, 100_000
CALL_ROUNDS, COMMAND_ROUNDS = 60, 20
TARGET = 1.2
DATASET = "orders"
RAM_DISK = Path("/dev/shm")


def seeded(versions):
    """A pristine store with that many versions, made unless it is there."""
    store = WORK / f"catalog-{versions}"
    if not store.exists():
        with tempfile.TemporaryDirectory(dir=RAM_DISK if RAM_DISK.is_dir() else None) as fast:
            subprocess.run([BUILD / "bench" / "seed_catalog", f"{fast}/store", DATASET, str(versions)], check=True)
            unfinished = store.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            shutil.copytree(f"{fast}/store", unfinished)
            unfinished.rename(store)
    return store


def fresh_stores():
    """Copies that may be written to, as (few, many)."""
    stores = []
    for versions in (FEW, MANY):
        store = WORK / "catalog_growth" / str(versions)
        shutil.copytree(seeded(versions), store / "output")
        (store / "cairn.yaml").write_text("output_data_path: output\ntemp_data_path: temp\n")
        (store / "small.csv").write_text("id,value\n" + "".join(f"{i},{i / 4}\n" for i in range(100)))
        stores.append(store)
    return stores


def measure_calls(few, many, rounds):
    command = [BUILD / "bench" / "catalog_bench", few / "output", many / "output", DATASET, rounds]
    return {f"{call}, in process": seconds for call, seconds in run_json(command).items()}


def measure_commands(few, many, rounds):
    commands = {
        "cairn versions --limit 20": ["versions", DATASET, "--limit", "20"],
        "cairn show": ["show", DATASET],
        "cairn export": ["export", "small.csv", "--dataset", DATASET],
    }
    results = {}
    for name, words in commands.items():
        results[name] = [[], []]
        for number in range(-1, rounds):
            for store, seconds in zip((few, many), results[name]):
                taken = run_and_watch([BUILD / "cairn", "-C", store, *words])["seconds"]
                if number >= 0:  # the first is to warm up
                    seconds.append(taken)
    return results


def row(name, few, many):
    ratio, low, high = ratio_interval(many, few)
    middle = [f"{sorted(seconds)[len(seconds) // 2] * 1e3:.3f}" for seconds in (few, many)]
    verdict = "met" if high <= TARGET else "missed"
    return [name, *middle, f"{ratio:.2f}", f"{low:.2f} to {high:.2f}", f"{TARGET} {verdict}"]


def run(options):
    shutil.rmtree(WORK / "catalog_growth", ignore_errors=True)
    few, many = fresh_stores()
    results = measure_calls(few, many, options.pairs or CALL_ROUNDS)
    results.update(measure_commands(few, many, options.pairs or COMMAND_ROUNDS))
    print_table(
        ["", f"ms at {FEW:,}", f"ms at {MANY:,}", "ratio", "95 %", "target"],
        [row(name, *seconds) for name, seconds in results.items()],
    )
    print(f"  a durable 4 KiB write takes {fdatasync_probe(WORK) * 1e3:.2f} ms here; an export makes several")
    shutil.rmtree(WORK / "catalog_growth")
