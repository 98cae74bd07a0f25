"""Stores of Python tests, and the frames that they are given."""

import datetime
import decimal

import duckdb
import pandas
import polars
import pyarrow as pa
import pyarrow.dataset

import cairn


def config(folder, **settings):
    """A configuration of a store in a folder of its own."""
    return cairn.PipelineConfig(output_data_path=folder / "output", temp_data_path=folder / "temp", **settings)


def arrow_table():
    """A table that every library holds."""
    return pa.table(
        {
            "number": pa.array([1, None, 3], pa.int64()),
            "text": pa.array(["a", None, ""]),
            "price": pa.array([decimal.Decimal("1.50"), None, decimal.Decimal("-0.25")], pa.decimal128(10, 2)),
            "day": pa.array([datetime.date(2026, 1, 15), None, datetime.date(1969, 12, 31)]),
            "share": pa.array([0.1, None, float("inf")]),
        }
    )


#: Every kind of frame that goes in, made from a table.
FRAMES = {
    "pandas": lambda table: table.to_pandas(),
    "polars": polars.from_arrow,
    "polars.lazy": lambda table: polars.from_arrow(table).lazy(),
    "duckdb": duckdb.from_arrow,
    "pyarrow": lambda table: table,
    "pyarrow.batch": lambda table: table.combine_chunks().to_batches()[0],
    "pyarrow.reader": lambda table: table.to_reader(),
    "pyarrow.dataset": pyarrow.dataset.dataset,
}


def same(left, right):
    """Whether two frames of a kind are equal, types included."""
    if isinstance(left, pandas.DataFrame):
        pandas.testing.assert_frame_equal(left, right)
        return left.attrs == right.attrs
    if isinstance(left, polars.LazyFrame):
        left, right = left.collect(), right.collect()
    if isinstance(left, polars.DataFrame):
        polars.testing.assert_frame_equal(left, right)
        return True
    return type(left) is type(right) and as_table(left).equals(as_table(right))


def as_table(data):
    if isinstance(data, pa.Table):
        return data.combine_chunks()
    if isinstance(data, pa.RecordBatchReader):
        return data.read_all().combine_chunks()
    if hasattr(data, "to_arrow_table"):
        return data.to_arrow_table().combine_chunks()
    if hasattr(data, "to_table"):
        return data.to_table().combine_chunks()
    return pa.table(data)
