"""Many programs on one store: every export becomes a version, and readers see whole ones only."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import stores

WRITERS = 8
EXPORTS_EACH = 100 if stores.LONG else 12
FILES = 2


def exports_of(store, writer):
    """The versions that one program was told of, in its order."""
    told = []
    for number in range(EXPORTS_EACH):
        done = store.run("export", "orders.parquet", "--dataset", "orders", "--message", f"{writer}.{number}")
        assert done.returncode == 0, done.stderr
        told.append(json.loads(done.stdout)["version"])
    return told


def watch(store, stop):
    """What a reader finds wrong until it is told to stop, and how often it looked."""
    wrongs, looks, newest = [], 0, 0
    while not stop.is_set():
        listed = store.run("versions", "orders", "--limit", "0")
        if listed.returncode == 10 and newest == 0:
            continue  # nothing is published yet
        if listed.returncode != 0:
            wrongs.append(f"versions: {listed.stderr}")
            continue
        versions = json.loads(listed.stdout)
        numbers = [version["version"] for version in versions]
        if numbers != list(range(len(numbers), 0, -1)) or len(numbers) < newest:
            wrongs.append(f"after {newest} versions there are {numbers}")
        newest = len(numbers)
        wrongs += [f"a part of version {v['version']}" for v in versions if v["file_count"] != FILES]
        verified = store.run("verify", "orders", "--level", "checksum")
        if verified.returncode != 0:
            wrongs.append(f"verify: {verified.stderr or verified.stdout}")
        looks += 1
    return wrongs, looks


def test_no_version_is_lost_or_seen_in_part(cairn_command, tmp_path, record_property):
    store = stores.Store(cairn_command, tmp_path)
    stores.write_inputs(store.folder, rows=500)
    stop = threading.Event()
    started = time.monotonic()
    with ThreadPoolExecutor(WRITERS + 2) as pool:
        readers = [pool.submit(watch, store, stop) for _ in range(2)]
        try:
            told = list(pool.map(lambda writer: exports_of(store, writer), range(WRITERS)))
        finally:
            stop.set()
        elapsed = time.monotonic() - started
        seen = [reader.result() for reader in readers]
    record_property("seconds", round(elapsed, 1))
    print(f"{WRITERS} x {EXPORTS_EACH} exports in {elapsed:.1f} s, {sum(looks for _, looks in seen)} looks meanwhile")

    assert [wrong for wrongs, _ in seen for wrong in wrongs] == []
    assert all(looks > 0 for _, looks in seen)
    assert sorted(sum(told, [])) == list(range(1, WRITERS * EXPORTS_EACH + 1)), "each was told of its own version"
    assert all(numbers == sorted(numbers) for numbers in told)
    store.ask("verify", "--all", "--level", "content" if stores.LONG else "checksum")
    assert stores.problems_of(store) == []
