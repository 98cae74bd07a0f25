"""Stores to do harm to, and the oracle that says what a store must never look like.

The oracle reads the catalog with SQLite and the files with hashlib: it shares no code with what it judges.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

LONG = os.environ.get("CAIRN_LONG_TESTS") == "1"
SEED = int(os.environ.get("CAIRN_CAMPAIGN_SEED", "20260711"))
WORKERS = 2

# What `cairn` may end with; 70 would be a failure nobody thought of.
ERROR_EXITS = {2, 10, 11, 12, 13, 14, 15, 16, 17}

STANDING_FILES = {
    "catalog.sqlite",
    "catalog.sqlite-wal",
    "catalog.sqlite-shm",
    "version_history.json",
    "data_lineage.json",
    "locks/catalog.lock",
    "locks/recovery.lock",
    "locks/mirrors.lock",
}


class Store:
    """The command in a folder of its own, as a pipeline would run it there."""

    def __init__(self, command, folder):
        self.command = str(command)
        self.folder = Path(folder)
        self.output = self.folder / "data" / "output"
        self.folder.mkdir(parents=True, exist_ok=True)

    def copy_to(self, folder):
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Store(self.command, folder)

    def line(self, *arguments):
        return [self.command, "--json", "--no-progress", *map(str, arguments)]

    def run(self, *arguments, under=(), **options):
        return subprocess.run(
            [*under, *self.line(*arguments)],
            cwd=self.folder, capture_output=True, text=True, timeout=300, **options,
        )  # fmt: skip

    def ask(self, *arguments):
        """What the command prints, parsed. A failure of it fails the test, with its message."""
        done = self.run(*arguments)
        assert done.returncode == 0, f"{' '.join(done.args)}: {done.returncode}: {done.stderr or done.stdout}"
        return json.loads(done.stdout)

    def rows(self, sql):
        connection = sqlite3.connect(f"file:{self.output}/catalog.sqlite?mode=ro", uri=True)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def versions(self):
        """The export id of every version, by dataset and number."""
        sql = "SELECT name, number, export_uuid FROM version JOIN dataset ON dataset.id = dataset_id ORDER BY 1, 2"
        return {(name, number): uuid for name, number, uuid in self.rows(sql)}

    def files(self):
        return {str(path.relative_to(self.output)) for path in self.output.rglob("*") if path.is_file()}


EXPORT = (
    "export", "orders.parquet", "--dataset", "orders", "--analytical", "by_city=by_city.parquet", "--threads", "1",
)  # fmt: skip
FILES_OF_AN_EXPORT = 4


def write_inputs(folder, rows=3000):
    cities = ["são paulo", "rio", 'a "quoted", name', None, ""]
    orders = pa.table(
        {
            "id": pa.array(range(rows), pa.int64()),
            "city": pa.array([cities[i * 7 % 5] for i in range(rows)]),
            "price": pa.array([None if i % 11 == 0 else i * 1.37 for i in range(rows)], pa.float64()),
        }
    )
    pq.write_table(orders, folder / "orders.parquet")
    pq.write_table(orders.slice(0, 500), folder / "by_city.parquet")


def prepared_store(command, folder):
    """A store that has one version, and the inputs of the next."""
    store = Store(command, folder)
    write_inputs(store.folder)
    store.ask(*EXPORT)
    return store


def problems_of(store):
    """What is wrong with a store that was opened since its last accident; nothing where all is well."""
    return [*_problems_of_catalog(store), *_problems_of_versions(store), *_problems_of_folder(store)]


def _problems_of_catalog(store):
    yield from (f"catalog: {line}" for (line,) in store.rows("PRAGMA integrity_check") if line != "ok")
    yield from (f"catalog: a row without its parent in {row[0]}" for row in store.rows("PRAGMA foreign_key_check"))
    yield from (f"unfinished export {uuid} ({state})" for uuid, state in store.rows("SELECT uuid, state FROM export"))


def _problems_of_versions(store):
    numbers = {}
    for dataset, number in store.versions():
        numbers.setdefault(dataset, []).append(number)
    for dataset, found in numbers.items():
        if found != list(range(1, len(found) + 1)):
            yield f"the versions of {dataset} are {found}"
    files_of_versions = """
        SELECT number, path, byte_count, md5 FROM data_file
        JOIN version_table USING (table_id) JOIN (SELECT id AS version_id, number FROM version) USING (version_id)"""
    for number, path, size, md5 in store.rows(files_of_versions):
        file = store.output / path
        if not file.exists():
            yield f"version {number}: {path} is missing"
        elif file.stat().st_size != size:
            yield f"version {number}: {path} has {file.stat().st_size} bytes of {size}"
        elif hashlib.md5(file.read_bytes()).hexdigest() != md5:
            yield f"version {number}: {path} is not what was recorded"
    partial = """
        SELECT number, file_count, (SELECT count(*) FROM version_table JOIN data_file USING (table_id)
                                    WHERE version_id = version.id) AS there FROM version WHERE file_count <> there"""
    yield from (f"version {number} has {there} of {count} files" for number, count, there in store.rows(partial))


def _problems_of_folder(store):
    expected = set(STANDING_FILES)
    expected |= {path for (path,) in store.rows("SELECT path FROM data_file")}
    history = {}
    for slug, dataset, number in store.rows(
        "SELECT slug, name, number FROM version JOIN dataset ON dataset.id = dataset_id ORDER BY number DESC"
    ):
        expected |= {f"metadata/{slug}_v{number:06}.{suffix}" for suffix in ("json", "md5")}
        history.setdefault(dataset, []).append(number)
    found = store.files()
    yield from (f"{path} belongs to nothing" for path in sorted(found - expected))
    yield from (f"{path} is missing" for path in sorted(expected - found - {"locks/recovery.lock"}))
    temp = store.folder / "data" / "temp"
    yield from (f"{path} belongs to nothing" for path in temp.rglob("*") if path.is_file())
    yield from _problems_of_mirrors(store, history)


def _problems_of_mirrors(store, history):
    for manifest in store.output.glob("metadata/*.json"):
        try:
            json.loads(manifest.read_text())
        except ValueError as error:
            yield f"{manifest.name}: {error}"
    try:
        mirrored = json.loads((store.output / "version_history.json").read_text())["datasets"]
    except (OSError, ValueError) as error:
        yield f"version_history.json: {error}"
        return
    for dataset, numbers in history.items():
        told = [version["version"] for version in mirrored.get(dataset, {}).get("versions", [])]
        if told != numbers[:10]:
            yield f"version_history.json tells of {told} and the catalog of {numbers[:10]}"
