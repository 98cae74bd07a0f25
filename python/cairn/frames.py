"""Frames of other libraries as streams of Arrow, and back. No library is imported that is not in use."""

from __future__ import annotations

import copy
import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

import pyarrow as pa

from . import _core
from ._pandas import from_pandas, to_pandas
from .errors import Unsupported

if TYPE_CHECKING:
    import pandas
    import polars


class ArrowStream(Protocol):
    """Anything that hands over Arrow data: frames of pandas and polars, tables of pyarrow, relations of DuckDB, …"""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


#: What can be written. A path is a file of CSV, Parquet, Arrow IPC or JSON lines; a mapping has a column a member.
Frame: TypeAlias = (
    "ArrowStream | pandas.DataFrame | polars.DataFrame | polars.LazyFrame | Mapping[str, Any] | str | os.PathLike[str]"
)

_T = TypeVar("_T")


class Source:
    """A frame on its way in. Reading it may run Python, and what that raises is what the caller gets to see."""

    def __init__(self, data: Frame, *, keep_kind: bool = False, snapshot: bool = False) -> None:
        self._raised: list[BaseException] = []
        kind, stream, rows = _stream_of(copy.deepcopy(data) if snapshot and _can_change(data) else data)
        if isinstance(stream, pa.RecordBatchReader):
            stream = pa.RecordBatchReader.from_batches(stream.schema, self._remember(stream))
        self.rows = _core.IncomingRows(stream, kind if keep_kind else "", rows)

    def _remember(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        try:
            yield from batches
        except GeneratorExit:
            raise  # whoever reads has read enough
        except BaseException as raised:
            self._raised.append(raised)
            raise

    @classmethod
    def of_result(cls, value: Any) -> Source:
        """A frame, or any other value that can be a parameter, on its way into a cache."""
        if is_frame(value):
            return cls(value, keep_kind=True)
        source = cls.__new__(cls)
        source._raised = []
        source.rows = _core.IncomingRows(pa.table({"value": [_core.to_json(value)]}), "value", 1)
        return source

    def raise_instead_of(self, error: BaseException) -> None:
        """Raise what reading the source raised, where that is what an error came from."""
        for raised in self._raised:
            raise raised from None if raised is error else error

    @staticmethod
    @contextmanager
    def errors_of(*sources: Source) -> Iterator[None]:
        """Let what a source raised through instead of what became of it on the way."""
        try:
            yield
        except BaseException as error:
            for source in sources:
                source.raise_instead_of(error)
            raise


def is_frame(value: Any) -> bool:
    """Whether a value holds rows, and is not a parameter like any other."""
    if isinstance(value, str | os.PathLike | Mapping):
        return False
    polars = sys.modules.get("polars")
    lazy = polars is not None and isinstance(value, polars.LazyFrame)
    return lazy or hasattr(value, "__arrow_c_stream__") or hasattr(value, "scanner")


def _can_change(data: Any) -> bool:
    """Whether a frame shares its memory with whoever made it, who may write to it."""
    pandas = sys.modules.get("pandas")
    return isinstance(data, Mapping) or (pandas is not None and isinstance(data, pandas.DataFrame))


def fingerprint(value: Any) -> str:
    """What a frame is beside its rows: its library, and what that remembers in metadata, such as an index."""
    kind, stream, _ = _stream_of(value)
    metadata = stream.schema.metadata if isinstance(stream, pa.Table) else None
    told = [kind, *sorted((metadata or {}).items())]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _stream_of(data: Any) -> tuple[str, Any, int]:
    """The kind of a frame, an object with `__arrow_c_stream__`, and the number of rows or -1."""
    pandas, polars, duckdb = (sys.modules.get(name) for name in ("pandas", "polars", "duckdb"))
    if pandas is not None and isinstance(data, pandas.DataFrame):
        return "pandas", from_pandas(data), len(data)
    if polars is not None and isinstance(data, polars.LazyFrame):
        return "polars.lazy", _collect(data), -1
    if polars is not None and isinstance(data, polars.DataFrame):
        return "polars", data, data.height
    if duckdb is not None and isinstance(data, duckdb.DuckDBPyRelation):
        return "duckdb", data.to_arrow_reader(), -1
    if isinstance(data, pa.Table):
        return "pyarrow", data, data.num_rows
    if isinstance(data, pa.RecordBatch):
        return "pyarrow.batch", data, data.num_rows
    if isinstance(data, pa.RecordBatchReader):
        return "pyarrow.reader", data, -1
    if hasattr(data, "scanner") and hasattr(data, "get_fragments"):
        return "pyarrow.dataset", data.scanner().to_reader(), -1
    if hasattr(data, "__arrow_c_stream__"):
        return "pyarrow", data, -1
    if isinstance(data, Mapping):
        table = pa.table(dict(data))
        return "pyarrow", table, table.num_rows
    if isinstance(data, str | os.PathLike):
        return "pyarrow", _core.open_file(data), -1
    raise Unsupported(
        f"cannot read rows from a value of type '{type(data).__qualname__}'; pass a frame of pandas or polars, a table,"
        " reader or dataset of pyarrow, a relation of DuckDB, anything with __arrow_c_stream__, a mapping of columns,"
        " or the path of a file",
        "unsupported",
    )


def _collect(frame: polars.LazyFrame) -> pa.RecordBatchReader:
    """A lazy frame, as it is computed."""
    import polars

    def batches() -> Iterator[pa.RecordBatch]:
        for part in frame.collect_batches():
            yield from pa.RecordBatchReader.from_stream(part)

    empty = polars.DataFrame(schema=frame.collect_schema())
    return pa.RecordBatchReader.from_batches(pa.RecordBatchReader.from_stream(empty).schema, batches())


def _all_rows(rows: _core.OutgoingRows, convert: Callable[[pa.RecordBatchReader], _T]) -> _T:
    try:
        return convert(pa.RecordBatchReader.from_stream(rows))
    except (pa.ArrowException, OSError):
        rows.raise_failure()
        raise


def _to_polars(reader: pa.RecordBatchReader) -> polars.DataFrame:
    import polars

    frame = polars.from_arrow(reader.read_all(), rechunk=False)
    assert isinstance(frame, polars.DataFrame)
    return frame


def _to_batch(reader: pa.RecordBatchReader) -> pa.RecordBatch:
    batches = reader.read_all().combine_chunks().to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=reader.schema)


def _to_dataset(reader: pa.RecordBatchReader) -> Any:
    import pyarrow.dataset

    return pyarrow.dataset.dataset(reader.read_all())


def _to_duckdb(reader: pa.RecordBatchReader) -> Any:
    import duckdb

    return duckdb.from_arrow(reader.read_all())


_AS: dict[str, Callable[[pa.RecordBatchReader], Any]] = {
    "pandas": lambda reader: to_pandas(reader.read_all()),
    "polars": _to_polars,
    "polars.lazy": lambda reader: _to_polars(reader).lazy(),
    "duckdb": _to_duckdb,
    "pyarrow": lambda reader: reader.read_all(),
    "value": lambda reader: _core.from_json(reader.read_all()["value"][0].as_py()),
    "pyarrow.batch": _to_batch,
    "pyarrow.reader": lambda reader: reader,
    "pyarrow.dataset": _to_dataset,
}


def as_it_was(rows: _core.OutgoingRows) -> Any:
    """Rows as the kind of frame that they came from."""
    return _all_rows(rows, _AS.get(rows.kind, _AS["pyarrow"]))


class Rows:
    """Rows that are read when they are asked for, each time anew."""

    def _open(self) -> _core.OutgoingRows:
        raise NotImplementedError

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._open().__arrow_c_stream__(requested_schema)

    def to_reader(self) -> pa.RecordBatchReader:
        """As a stream, which may be larger than memory."""
        return pa.RecordBatchReader.from_stream(self._open())

    def to_arrow(self) -> pa.Table:
        """As a table of pyarrow."""
        return _all_rows(self._open(), lambda reader: reader.read_all())

    def to_pandas(self) -> pandas.DataFrame:
        """As a frame of pandas: with index, attrs and types where it came from one."""
        return _all_rows(self._open(), lambda reader: to_pandas(reader.read_all()))

    def to_polars(self) -> polars.DataFrame:
        """As a frame of polars."""
        return _all_rows(self._open(), _to_polars)


class StoredRows(Rows):
    """Rows in a file of the store."""

    def __init__(self, open_rows: Callable[[], _core.OutgoingRows]) -> None:
        self._open_rows = open_rows

    def _open(self) -> _core.OutgoingRows:
        return self._open_rows()
