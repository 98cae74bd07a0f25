"""Frames of pandas as tables of Arrow, and back.

pyarrow keeps index, attrs and most types in the schema's metadata. What it loses stands in metadata beside it: the
categories that no row uses and their order, which of the three kinds of text a column was, the frequency of an index.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute

if TYPE_CHECKING:
    import pandas

_KEY = b"cairn:pandas"
_MOST_CATEGORIES = 10_000  # more would make every footer large; those in use are kept all the same


def from_pandas(frame: pandas.DataFrame) -> pa.Table:
    """A table that `to_pandas` makes the same frame of."""
    table = pa.Table.from_pandas(frame)
    notes: dict[str, Any] = {
        "categories": _categories(table),
        "types": _confused_types(frame),
        "frequency": getattr(frame.index, "freqstr", None),
    }
    notes = {name: note for name, note in notes.items() if note}
    if not notes:
        return table
    metadata = dict(table.schema.metadata or {})
    metadata[b"pandas"] = _without_arrow_types(metadata[b"pandas"], notes.get("types", {}))
    return table.replace_schema_metadata({**metadata, _KEY: json.dumps(notes)})


def to_pandas(table: pa.Table) -> pandas.DataFrame:
    """The frame that a table came from, or one of its values."""
    notes = json.loads((table.schema.metadata or {}).get(_KEY, b"{}"))
    for position, encoded in notes.get("categories", {}).items():
        table = _with_categories(table, int(position), base64.b64decode(encoded))
    types = {int(position): kind for position, kind in notes.get("types", {}).items()}
    converted = table
    for position in (position for position, kind in types.items() if kind == "arrow"):
        field = pa.field(table.schema.names[position], pa.null())
        converted = converted.set_column(position, field, pa.nulls(len(table)))
    frame: pandas.DataFrame = converted.to_pandas()
    for position, kind in types.items():
        _restore_type(frame, position, kind, table.column(position))
    if "frequency" in notes:
        frame.index.freq = notes["frequency"]  # type: ignore[attr-defined]
    return frame


def _without_arrow_types(metadata: bytes, types: dict[int, str]) -> bytes:
    """pyarrow looks the types of Arrow-backed columns up by their names, and does not find nested ones."""
    told = json.loads(metadata)
    for position, kind in types.items():
        if kind == "arrow":
            told["columns"][position]["numpy_type"] = "object"
    return json.dumps(told).encode()


def _categories(table: pa.Table) -> dict[int, str]:
    found = {}
    for position, column in enumerate(table.columns):
        if pa.types.is_dictionary(column.type) and column.num_chunks > 0:
            values = column.chunk(0).dictionary
            if len(values) <= _MOST_CATEGORIES:
                found[position] = base64.b64encode(_to_ipc(values)).decode()
    return found


def _with_categories(table: pa.Table, position: int, encoded: bytes) -> pa.Table:
    field = table.schema.field(position)
    if not pa.types.is_dictionary(field.type):
        return table
    categories = _from_ipc(encoded)
    values = table.column(position).cast(field.type.value_type)
    indices = pyarrow.compute.index_in(values, value_set=categories).cast(field.type.index_type)
    chunks = [
        pa.DictionaryArray.from_arrays(chunk, categories, ordered=field.type.ordered)
        for chunk in indices.chunks or [pa.array([], field.type.index_type)]
    ]
    return table.set_column(position, field, pa.chunked_array(chunks))


def _to_ipc(values: pa.Array) -> bytes:
    sink = pa.BufferOutputStream()
    batch = pa.record_batch([values], names=["categories"])
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    encoded: bytes = sink.getvalue().to_pybytes()
    return encoded


def _from_ipc(encoded: bytes) -> pa.Array:
    return pa.ipc.open_stream(encoded).read_all().column(0).combine_chunks()


def _confused_types(frame: pandas.DataFrame) -> dict[int, str]:
    import pandas

    kinds = {}
    for position, dtype in enumerate(frame.dtypes):
        if dtype == object:
            kinds[position] = "object"
        elif isinstance(dtype, pandas.ArrowDtype):
            kinds[position] = "arrow"
        elif isinstance(dtype, pandas.StringDtype) and dtype.storage == "python" and dtype.na_value is pandas.NA:
            kinds[position] = "python"
    return kinds


def _restore_type(frame: pandas.DataFrame, position: int, kind: str, values: pa.ChunkedArray) -> None:
    import pandas

    column: pandas.Series[Any] = frame.iloc[:, position]
    if kind == "arrow":
        column = pandas.Series(pandas.arrays.ArrowExtensionArray(values), index=frame.index)
    elif kind == "python":
        column = column.astype(pandas.StringDtype("python"))
    elif column.dtype != object:
        text = pa.types.is_string(values.type) or pa.types.is_large_string(values.type)
        objects = values.to_numpy() if text else values.to_pylist()
        column = pandas.Series(objects, index=frame.index, dtype=object)
    else:
        return
    frame.isetitem(position, column)  # type: ignore[arg-type]
