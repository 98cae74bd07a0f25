"""Stores with checkpoints to do harm to, and the oracle that says what they must never look like.

The oracle reads the catalog with SQLite, the files with xxhash and pyarrow: it shares no code with what it judges.
"""

import hashlib
import json

import pyarrow as pa
import pyarrow.parquet as pq
import xxhash

import stores

PROCESS = "Nightly ETL"
KEPT = 2
ROWS = 3000


def table_of(step):
    """What the process has at a step: the same ids as ever, prices that change."""
    return pa.table(
        {
            "id": pa.array(range(ROWS), pa.int64()),
            "city": pa.array([("são paulo", "rio", None)[i % 3] for i in range(ROWS)]),
            "price": pa.array([i * 1.37 + step for i in range(ROWS)], pa.float64()),
        }
    )


def state_of(step):
    return {"offset": {"$int": str(2**60 + step)}, "done": list(range(step))}


def write_inputs(folder, step):
    pq.write_table(table_of(step), folder / "data.parquet")
    pq.write_table(table_of(0), folder / "cities.parquet")
    (folder / "state.json").write_text(json.dumps(state_of(step)))


def save_command(step):
    return (
        "checkpoint", "save", PROCESS, "--step", str(step), "--state", "state.json", "--keep-last", str(KEPT),
        "--table", "data=data.parquet", "--table", "cities=cities.parquet",
    )  # fmt: skip


def save(store, step):
    write_inputs(store.folder, step)
    return store.ask(*save_command(step))


def prepared_store(command, folder, steps=2):
    """A store with so many checkpoints, and the inputs of the next."""
    store = stores.Store(command, folder)
    (store.folder / "cairn.yaml").write_text("threads: 1\n")
    for step in range(1, steps + 1):
        save(store, step)
    write_inputs(store.folder, steps + 1)
    return store


def newest_step(store):
    """The step that is loaded, after it was found to be what was saved, to the bit; 0 where nothing was ever saved."""
    into = store.folder / "loaded"
    done = store.run("checkpoint", "load", PROCESS, into)
    if done.returncode == 10:
        return 0
    assert done.returncode == 0, f"load ends with {done.returncode}: {done.stderr}"
    loaded = json.loads(done.stdout)
    assert loaded["report"]["skipped"] == [], loaded["report"]
    step = int(loaded["step"])
    assert pq.read_table(into / "data.parquet").equals(table_of(step))
    assert pq.read_table(into / "cities.parquet").equals(table_of(0))
    assert json.loads((into / "state.json").read_text())["state"] == state_of(step)
    for file in into.iterdir():
        file.unlink()
    into.rmdir()
    return step


def folder_of(store):
    return store.folder / "data" / "temp" / "checkpoints"


def problems_of(store):
    """What is wrong with a store that was opened since its last accident; nothing where all is well."""
    return [*_problems_of_catalog(store), *_problems_of_folders(store)]


def _problems_of_catalog(store):
    yield from (f"catalog: {line}" for (line,) in store.rows("PRAGMA integrity_check") if line != "ok")
    states = store.rows("SELECT uid, state FROM checkpoint WHERE state <> 'COMMITTED'")
    yield from (f"{checkpoint} is {state}" for checkpoint, state in states)


def _problems_of_folders(store):
    committed = dict(store.rows("SELECT uid, metadata_sha256 FROM checkpoint"))
    found = {path.name for path in folder_of(store).iterdir()} if folder_of(store).exists() else set()
    yield from (f"{name} belongs to nothing" for name in sorted(found - set(committed)))
    yield from (f"{name} is missing" for name in sorted(set(committed) - found))
    for name in sorted(found & set(committed)):
        yield from _problems_of_checkpoint(folder_of(store) / name, committed[name])


def _problems_of_checkpoint(folder, sha256):
    text = (folder / "metadata.json").read_bytes()
    if hashlib.sha256(text).hexdigest() != sha256:
        yield f"{folder.name}: metadata.json is not what was recorded"
    metadata = json.loads(text)
    files = [metadata["state"], *(part for table in metadata["tables"] for part in table["parts"])]
    expected = {file["path"]: file for file in files}
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {"metadata.json"}
    yield from (f"{folder.name}: {path} belongs to nothing" for path in sorted(found - set(expected)))
    yield from (f"{folder.name}: {path} is missing" for path in sorted(set(expected) - found))
    for path in sorted(found & set(expected)):
        bytes_there = (folder / path).read_bytes()
        if len(bytes_there) != expected[path]["bytes"]:
            yield f"{folder.name}: {path} has {len(bytes_there)} bytes"
        elif xxhash.xxh3_128_hexdigest(bytes_there) != expected[path]["xxh3_128"]:
            yield f"{folder.name}: {path} is not what was recorded"
