"""What goes in and what comes out, for every kind of frame."""

import pandas
import polars
import polars.testing
import pyarrow as pa
import pytest
import frame_kinds

import cairn


@pytest.fixture
def store(tmp_path):
    with cairn.open(config=frame_kinds.config(tmp_path)) as store:
        yield store


@pytest.mark.parametrize("kind", frame_kinds.FRAMES)
def test_every_kind_of_frame_is_the_same_data(store, kind):
    table = frame_kinds.arrow_table()
    expected = store.export(table, "orders")
    version = store.export(frame_kinds.FRAMES[kind](table), "orders")
    assert version.digest == expected.digest or kind == "pandas"  # has no integers with nulls
    assert version.rows == 3


def test_a_frame_comes_out_as_any_kind(store):
    version = store.export(polars.from_arrow(frame_kinds.arrow_table()), "orders")
    table = frame_kinds.arrow_table()
    polars.testing.assert_frame_equal(version.to_polars(), polars.from_arrow(table))
    assert version.to_arrow().to_pylist() == table.to_pylist()
    assert version.to_reader().read_all().to_pylist() == table.to_pylist()
    assert pa.table(version).to_pylist() == table.to_pylist()
    assert version.to_pandas()["text"].tolist()[2] == ""


def test_pandas_keeps_index_attrs_categories_and_kinds_of_text(store):
    text = ["a", None, "b"]
    frame = pandas.DataFrame(
        {
            "object": pandas.Series(text, dtype=object),
            "str": pandas.Series(text, dtype="str"),
            "string": pandas.Series(text, dtype="string"),
            "python": pandas.Series(text, dtype=pandas.StringDtype("python")),
            "arrow": pandas.Series(text, dtype=pandas.ArrowDtype(pa.string())),
            "objects": pandas.Series([1, None, 3], dtype=object),
            "category": pandas.Categorical(["x", None, "y"], categories=["z", "y", "x"], ordered=True),
            "numbers": pandas.Categorical([3, None, 1], categories=[3, 2, 1]),
            "missing": pandas.array([1, None, 3], dtype="Int64"),
            "zoned": pandas.date_range("2026-03-28", periods=3, tz="Europe/Berlin"),
        }
    )
    frame.index = pandas.date_range("2026-01-01", periods=3, name="day")
    frame.attrs = {"source": "a test"}
    back = store.export(frame, "orders").to_pandas()
    assert frame_kinds.same(frame, back)
    assert back.index.freq == frame.index.freq


def test_pandas_keeps_an_index_of_several_levels_and_labels_that_are_not_text(store):
    index = pandas.MultiIndex.from_tuples([(1, "a"), (1, "b")], names=["x", None])
    frame = pandas.DataFrame([[1, 2.5], [3, 4.5]], index=index, columns=[0, 1])
    assert frame_kinds.same(frame, store.export(frame, "orders").to_pandas())


def test_polars_keeps_its_enumerations(store):
    frame = polars.DataFrame({"size": polars.Series(["m", None, "l"], dtype=polars.Enum(["s", "m", "l"]))})
    assert frame_kinds.same(frame, store.export(frame, "orders").to_polars())


def test_analytical_tables_are_read_by_name(store):
    version = store.export({"a": [1]}, "orders", analytical={"by_day": polars.DataFrame({"d": ["x"]})})
    assert version["by_day"].to_arrow().to_pydict() == {"d": ["x"]}
    with pytest.raises(cairn.NotFound, match="no table"):
        version["by_year"].to_arrow()


def test_a_file_is_a_frame(store, tmp_path):
    (tmp_path / "orders.csv").write_text("a,b\n1,x\n")
    assert store.export(tmp_path / "orders.csv", "orders").to_arrow().to_pydict() == {"a": [1], "b": ["x"]}


def test_a_generator_is_a_stream(store):
    schema = pa.schema({"n": pa.int64()})
    batches = (pa.record_batch({"n": [i]}, schema=schema) for i in range(100))
    version = store.export(pa.RecordBatchReader.from_batches(schema, batches), "numbers")
    assert version.to_arrow()["n"].to_pylist() == list(range(100))


def test_what_a_generator_raises_is_what_the_caller_sees(store):
    def batches():
        yield pa.record_batch({"n": [1]})
        raise KeyError("the source is gone")

    with pytest.raises(KeyError, match="the source is gone"):
        store.export(pa.RecordBatchReader.from_batches(pa.schema({"n": pa.int64()}), batches()), "numbers")
    assert "numbers" not in store


def test_what_is_no_frame_is_refused_at_the_call(store):
    with pytest.raises(TypeError, match="cannot read rows from a value of type 'int'"):
        store.export(7, "orders")


def test_damage_is_told_as_an_error_of_cairn(store):
    version = store.export(frame_kinds.arrow_table(), "orders")
    for file in version.summary.files:
        path = version.summary.output / file.path
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(cairn.Corrupt):
        version.to_arrow()
