"""The reader calls of a manifest read both files of a version back as the table that was exported."""

import base64
import datetime
import decimal
import json
import math

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet
import pytest
import sample_tables

# A library's own warnings about what it will do one day.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::pandas.errors.Pandas4Warning")

LIBRARIES = ["pyarrow", "pandas", "polars", "duckdb"]


def to_arrow(result):
    if isinstance(result, pd.DataFrame):
        return pa.Table.from_pandas(result, preserve_index=False)
    if isinstance(result, pl.DataFrame):
        return result.to_arrow()
    if isinstance(result, duckdb.DuckDBPyRelation):
        return result.to_arrow_table()
    return result


def comparable(column):
    """The values of a column, independent of the layouts that libraries prefer."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        return column.cast(pa.timestamp("ns", "UTC" if kind.tz else None)).cast(pa.int64()).to_pylist()
    if pa.types.is_time(kind):
        return column.cast(pa.time64("ns")).cast(pa.int64()).to_pylist()
    if pa.types.is_duration(kind):
        per = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}[kind.unit]
        return [v if v is None else (0, 0, v * per) for v in column.cast(pa.int64()).to_pylist()]
    if pa.types.is_interval(kind):  # what DuckDB makes of durations
        return [v if v is None else (v.months, v.days, v.nanoseconds) for v in column.to_pylist()]
    return [plain(value) for value in column.to_pylist()]


def plain(value):
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else (value, math.copysign(1, value))
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def family(column_type):
    """What a type is, in whatever layout a library prefers."""
    types = pa.types
    if types.is_string(column_type) or types.is_large_string(column_type) or types.is_string_view(column_type):
        return "text"
    if types.is_integer(column_type) or types.is_floating(column_type) or types.is_decimal(column_type):
        return str(column_type)
    if types.is_timestamp(column_type):
        return "zoned moment" if column_type.tz else "moment"
    return None  # told apart by the values


def is_noted(readers, library, column):
    """Whether the manifest says that the column comes back as something else."""
    start = f"{library}: column {json.dumps(column)} "
    return any(note.startswith(start) for note in readers.get("notes", []))


def exported(pipeline, columns):
    table = pa.table(columns)
    source = pipeline.folder / "source.arrow"
    with pa.ipc.new_file(source, table.schema) as writer:
        writer.write_table(table)
    return table, pipeline.export(source)


@pytest.mark.parametrize("name", sample_tables.TABLES)
def test_every_library_reads_the_table_back(pipeline, name):
    table, manifest = exported(pipeline, sample_tables.TABLES[name]())
    for resource in manifest["resources"]:
        path = str(pipeline.output / resource["path"])
        readers = resource["x-cairn"]["readers"]
        for library in LIBRARIES:
            result = to_arrow(eval(readers[library], globals() | {"path": path}))
            where = f"{library} from {resource['format']}"
            assert result.column_names == table.column_names, where
            for column in table.column_names:
                if is_noted(readers, library, column):
                    assert resource["format"] == "parquet", column
                    continue
                expected, actual = table[column], result[column]
                assert family(actual.type) == family(expected.type), f"{where}: {column}"
                assert comparable(actual) == comparable(expected), f"{where}: {column}"


def test_zones_are_restored(pipeline):
    _, manifest = exported(pipeline, {"zoned": sample_tables.instants("us", "Europe/Berlin"), "id": [1, 2, 3]})
    for resource in manifest["resources"]:
        path = str(pipeline.output / resource["path"])
        readers = resource["x-cairn"]["readers"]
        for library in ["pyarrow", "pandas", "polars"]:
            result = to_arrow(eval(readers[library], globals() | {"path": path}))
            assert result.schema.field("zoned").type.tz == "Europe/Berlin", library


def test_what_parquet_has_no_type_for_is_noted(pipeline):
    _, manifest = exported(pipeline, {"duration": pa.array([-5, None], pa.duration("ms")), "id": [1, 2]})
    for resource in manifest["resources"]:
        noted = is_noted(resource["x-cairn"]["readers"], "duckdb", "duration")
        assert noted == (resource["format"] == "parquet")


def test_a_library_without_the_type_keeps_its_text(pipeline):
    wide = pa.array([decimal.Decimal("1.50"), None], pa.decimal256(50, 2))
    _, manifest = exported(pipeline, {"wide": wide, "id": [1, 2]})
    (csv,) = [resource for resource in manifest["resources"] if resource["format"] == "csv"]
    path = str(pipeline.output / csv["path"])
    readers = csv["x-cairn"]["readers"]
    assert [note.split(":")[0] for note in readers["notes"]] == ["polars", "duckdb"]
    assert eval(readers["pyarrow"], globals() | {"path": path})["wide"].to_pylist() == wide.to_pylist()
    assert eval(readers["polars"], globals() | {"path": path})["wide"].to_list() == ["1.50", None]


def test_imports_are_all_that_a_call_needs(pipeline):
    _, manifest = exported(pipeline, sample_tables.decoded_columns())
    for resource in manifest["resources"]:
        readers = resource["x-cairn"]["readers"]
        for library in LIBRARIES:
            names = {"path": str(pipeline.output / resource["path"])}
            exec(readers["imports"], names)
            eval(readers[library], names)
