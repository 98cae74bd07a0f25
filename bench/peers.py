"""The complete export as a competent user of each library would write it.

  peers.py export LIBRARY INPUT.arrow FOLDER     time it; print what it took as one JSON object
  peers.py read LIBRARY INPUT.arrow CSV PARQUET  do these files hold the input? print {"csv": bool, "parquet": bool}

A peer is loaded with the input before the clock starts. It writes a CSV and a Parquet file, and reads both back to
compare them with what it was given, values and types. Nothing here is made durable: there is no fsync.
"""

import hashlib
import json
import os
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

THREADS = 2
os.environ["POLARS_MAX_THREADS"] = str(THREADS)  # read when polars is imported

import pyarrow as pa  # noqa: E402

pa.set_cpu_count(THREADS)


def read_arrow(path):
    with pa.OSFile(str(path)) as file:
        return pa.ipc.open_file(file).read_all()


class Pandas:
    def __init__(self, path):
        import pandas

        self.pandas = pandas
        self.data = read_arrow(path).to_pandas(date_as_object=False)

    def write_csv(self, path):
        self.data.to_csv(path, index=False)

    def write_parquet(self, path):
        self.data.to_parquet(path)

    def csv_equals(self, path):
        types = self.data.dtypes
        dates = [name for name in types.index if types[name].kind == "M"]
        back = self.pandas.read_csv(path, dtype=types.drop(dates).to_dict(), parse_dates=dates, keep_default_na=False)
        return back.astype(types[dates].to_dict()).equals(self.data)

    def parquet_equals(self, path):
        return self.pandas.read_parquet(path).astype(self.data.dtypes.to_dict()).equals(self.data)


class PyArrow:
    def __init__(self, path):
        import pyarrow.csv
        import pyarrow.parquet

        self.data = read_arrow(path)

    def write_csv(self, path):
        pa.csv.write_csv(self.data, path, pa.csv.WriteOptions(batch_size=65536))

    def write_parquet(self, path):
        pa.parquet.write_table(self.data, path, compression="snappy")

    def csv_equals(self, path):
        options = pa.csv.ConvertOptions(column_types=self.data.schema)
        return pa.csv.read_csv(path, convert_options=options).equals(self.data)

    def parquet_equals(self, path):
        return pa.parquet.read_table(path).equals(self.data)


class Polars:
    def __init__(self, path):
        import polars

        self.polars = polars
        self.data = polars.from_arrow(read_arrow(path))

    def write_csv(self, path):
        self.data.write_csv(path)

    def write_parquet(self, path):
        self.data.write_parquet(path, compression="snappy", statistics=True)

    def csv_equals(self, path):
        back = self.polars.read_csv(path, schema=self.data.schema)
        return back.schema == self.data.schema and back.equals(self.data)

    def parquet_equals(self, path):
        back = self.polars.read_parquet(path)
        return back.schema == self.data.schema and back.equals(self.data)


class DuckDB:
    def __init__(self, path):
        import duckdb

        self.connection = duckdb.connect()
        self.connection.execute(f"SET threads = {THREADS}")
        arrow = read_arrow(path)
        self.connection.register("arrow", arrow)
        self.connection.execute("CREATE TABLE data AS SELECT * FROM arrow")
        self.connection.unregister("arrow")
        self.data = self.connection.table("data")

    def write_csv(self, path):
        self.connection.execute(f"COPY data TO '{path}' (FORMAT csv, HEADER)")

    def write_parquet(self, path):
        self.connection.execute(f"COPY data TO '{path}' (FORMAT parquet, COMPRESSION snappy)")

    def _equals(self, relation):
        if (relation.columns, relation.types) != (self.data.columns, self.data.types):
            return False
        # Where one side has more rows the other counts as null, and no value of the input is.
        differs = " OR ".join(f"data.{name} IS DISTINCT FROM relation.{name}" for name in relation.columns)
        query = f"SELECT count(*) FROM data POSITIONAL JOIN relation WHERE {differs}"
        return self.connection.sql(query).fetchall() == [(0,)]

    def csv_equals(self, path):
        columns = dict(zip(self.data.columns, map(str, self.data.types)))
        return self._equals(self.connection.read_csv(str(path), header=True, columns=columns, auto_detect=False))

    def parquet_equals(self, path):
        return self._equals(self.connection.read_parquet(str(path)))


PEERS = {"pandas": Pandas, "pyarrow": PyArrow, "polars": Polars, "duckdb": DuckDB}


def command(action, library, *arguments):
    """Runs this file in a process of its own, so that memory, threads and imports are those of one library."""
    return [sys.executable, __file__, action, library, *arguments]


def md5(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


def register(folder, files, rows):
    """The metadata of this version, and the history of all of them."""
    history_file = folder / "version_history.json"
    history = json.loads(history_file.read_text()) if history_file.exists() else []
    version = {
        "dataset": "lineitem",
        "version": len(history) + 1,
        "created": datetime.now(timezone.utc).isoformat(),
        "rows": rows,
        "files": [{"path": path.name, "bytes": path.stat().st_size, "md5": md5(path)} for path in files],
    }
    (folder / "metadata.json").write_text(json.dumps(version, indent=2))
    history_file.write_text(json.dumps([*history, version], indent=2))


def peak_rss():
    """Most that this process ever held; not what getrusage says, which outlives exec."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def export(peer, folder):
    """Seconds of every step of the complete export."""
    csv, parquet = folder / "lineitem.csv", folder / "lineitem.parquet"
    steps = {}

    def step(name, work):
        start = time.perf_counter()
        result = work()
        steps[name] = time.perf_counter() - start
        return result

    step("write csv", lambda: peer.write_csv(csv))
    step("write parquet", lambda: peer.write_parquet(parquet))
    same_csv = step("compare csv", lambda: peer.csv_equals(csv))
    same_parquet = step("compare parquet", lambda: peer.parquet_equals(parquet))
    if not (same_csv and same_parquet):
        raise SystemExit(f"does not read back as written: csv {same_csv}, parquet {same_parquet}")
    step("md5, metadata", lambda: register(folder, [csv, parquet], len(peer.data)))
    return steps


def main():
    action, library, source, *rest = sys.argv[1:]
    peer = PEERS[library](source)
    if action == "read":
        print(json.dumps({"csv": peer.csv_equals(rest[0]), "parquet": peer.parquet_equals(rest[1])}))
        return
    folder = Path(rest[0])
    cpu = time.process_time()
    start = time.perf_counter()
    steps = export(peer, folder)
    result = {"seconds": time.perf_counter() - start, "cpu_seconds": time.process_time() - cpu, "steps": steps}
    result["csv_bytes"] = (folder / "lineitem.csv").stat().st_size
    result["parquet_bytes"] = (folder / "lineitem.parquet").stat().st_size
    result["peak_rss"] = peak_rss()
    print(json.dumps(result))


if __name__ == "__main__":
    main()
