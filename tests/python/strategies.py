"""Frames that hypothesis makes: of all types that a library has in common with files, empty ones and nulls included."""

import datetime
import decimal
import string

import hypothesis.strategies as st
import pandas
import polars
import pyarrow as pa

MOMENTS = st.datetimes(datetime.datetime(1700, 1, 1), datetime.datetime(2200, 1, 1))
DAYS = st.dates(datetime.date(1, 1, 1))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = st.lists(
    st.text(string.ascii_letters + " _é", min_size=1, max_size=8), min_size=1, max_size=4, unique=True
)

#: Types of Arrow, and what their values are made of.
VALUES = {
    pa.bool_(): st.booleans(),
    pa.int8(): st.integers(-(2**7), 2**7 - 1),
    pa.int64(): st.integers(-(2**63), 2**63 - 1),
    pa.uint64(): st.integers(0, 2**64 - 1),
    pa.float32(): st.floats(width=32, allow_nan=False),
    pa.float64(): st.floats(allow_nan=False),
    pa.string(): TEXT,
    pa.binary(): st.binary(max_size=12),
    pa.date32(): DAYS,
    pa.timestamp("us"): MOMENTS,
    pa.timestamp("us", "Europe/Berlin"): MOMENTS.map(lambda moment: moment.replace(tzinfo=datetime.timezone.utc)),
    pa.duration("us"): st.timedeltas(datetime.timedelta(-100_000), datetime.timedelta(100_000)),
    pa.decimal128(12, 3): st.decimals(-(10**8), 10**8, places=3, allow_nan=False),
    pa.list_(pa.int64()): st.lists(st.none() | st.integers(-(2**40), 2**40), max_size=3),
}


@st.composite
def tables(draw, types=tuple(VALUES), nullable=True):
    """A table of pyarrow."""
    rows = draw(st.integers(0, 6))
    columns = {}
    for name in draw(NAMES):
        type_ = draw(st.sampled_from(list(types)))
        value = st.none() | VALUES[type_] if nullable else VALUES[type_]
        columns[name] = pa.array(draw(st.lists(value, min_size=rows, max_size=rows)), type_)
    return pa.table(columns)


@st.composite
def pandas_frames(draw):
    """A frame of pandas: NumPy and Arrow dtypes, object columns, categories, an index, attrs."""
    rows = draw(st.integers(0, 6))

    def filled(values):
        return draw(st.lists(values, min_size=rows, max_size=rows))

    column = {
        "int64": lambda: pandas.Series(filled(st.integers(-(2**63), 2**63 - 1)), dtype="int64"),
        "float32": lambda: pandas.Series(filled(st.floats(width=32)), dtype="float32"),
        "bool": lambda: pandas.Series(filled(st.booleans()), dtype="bool"),
        "Int64": lambda: pandas.Series(filled(st.none() | st.integers(-(2**63), 2**63 - 1)), dtype="Int64"),
        "boolean": lambda: pandas.Series(filled(st.none() | st.booleans()), dtype="boolean"),
        "str": lambda: pandas.Series(filled(st.none() | TEXT), dtype="str"),
        "string": lambda: pandas.Series(filled(st.none() | TEXT), dtype="string"),
        "python": lambda: pandas.Series(filled(st.none() | TEXT), dtype=pandas.StringDtype("python")),
        "object": lambda: pandas.Series(filled(st.none() | TEXT), dtype=object),
        "decimals": lambda: pandas.Series(
            filled(st.decimals(-(10**6), 10**6, places=2, allow_nan=False).map(decimal.Decimal)), dtype=object
        ),
        "arrow": lambda: pandas.Series(filled(st.none() | TEXT), dtype=pandas.ArrowDtype(pa.string())),
        "arrow list": lambda: pandas.Series(
            pa.array(filled(st.none() | st.lists(st.integers(0, 9), max_size=2)), pa.list_(pa.int64())),
            dtype=pandas.ArrowDtype(pa.list_(pa.int64())),
        ),
        "category": lambda: pandas.Series(
            pandas.Categorical(
                filled(st.none() | st.sampled_from("xyz")), categories=list("zyxw"), ordered=draw(st.booleans())
            )
        ),
        "moment": lambda: pandas.Series(filled(st.none() | MOMENTS), dtype="datetime64[us]"),
        "zoned": lambda: pandas.Series(filled(st.none() | MOMENTS), dtype="datetime64[ns]")
        .dt.tz_localize("UTC")
        .dt.tz_convert("Europe/Berlin"),
        "duration": lambda: pandas.Series(
            filled(st.timedeltas(datetime.timedelta(-999), datetime.timedelta(999))), dtype="timedelta64[us]"
        ),
    }
    kinds = draw(st.lists(st.sampled_from(list(column)), min_size=1, max_size=4, unique=True))
    frame = pandas.DataFrame({kind: column[kind]() for kind in kinds})
    if draw(st.booleans()):
        frame.index = pandas.Index(filled(TEXT), dtype="str", name=draw(st.none() | st.just("key")))
    if draw(st.booleans()):
        frame.attrs = {"source": draw(TEXT), "batch": draw(st.integers(0, 99))}
    return frame


@st.composite
def polars_frames(draw):
    """A frame of polars, categories and enumerations included."""
    frame = polars.from_arrow(draw(tables()))
    words = draw(st.lists(st.none() | st.sampled_from("xyz"), min_size=frame.height, max_size=frame.height))
    extra = {
        "no": [],
        "enumeration": [polars.Series("_kind", words, dtype=polars.Enum(["z", "y", "x", "w"]))],
        "category": [polars.Series("_kind", words, dtype=polars.Categorical)],
        "struct": [polars.Series("_kind", [{"word": word} for word in words], dtype=polars.Struct({"word": polars.String}))],
    }
    return frame.with_columns(extra[draw(st.sampled_from(list(extra)))])


#: What DuckDB has as well, and gives back as it was.
DUCKDB_TYPES = (
    pa.bool_(),
    pa.int8(),
    pa.int64(),
    pa.uint64(),
    pa.float32(),
    pa.float64(),
    pa.string(),
    pa.binary(),
    pa.date32(),
    pa.timestamp("us"),
    pa.decimal128(12, 3),
    pa.list_(pa.int64()),
)
