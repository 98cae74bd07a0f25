"""What goes in comes out, values and types: through export and read, cache put and get, checkpoint save and load."""

import duckdb
import hypothesis
import polars.testing  # noqa: F401
import pyarrow as pa
import pytest
import frame_kinds
import strategies

import cairn

FRAMES = 200

LIBRARIES = {
    "pandas": strategies.pandas_frames(),
    "polars": strategies.polars_frames(),
    "pyarrow": strategies.tables(),
    "duckdb": strategies.tables(strategies.DUCKDB_TYPES).map(lambda table: duckdb.from_arrow(table)),
}

from_version = {
    "pandas": lambda version: version.to_pandas(),
    "polars": lambda version: version.to_polars(),
    "pyarrow": lambda version: version.to_arrow(),
    "duckdb": lambda version: duckdb.from_arrow(version.to_arrow()),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    # Fewer threads: the frames are small, and there are many.
    with cairn.open(config=frame_kinds.config(tmp_path_factory.mktemp("store"), threads=1)) as store:
        store.persistence.checkpoint_manager.set_policy(keep_last=1)
        yield store


def round_trips(library, there_and_back):
    """Hold `there_and_back` for the frames of a library."""

    @hypothesis.settings(
        max_examples=FRAMES, deadline=None, database=None, derandomize=True, suppress_health_check=list(hypothesis.HealthCheck)
    )
    @hypothesis.given(frame=LIBRARIES[library])
    def hold(frame):
        back = there_and_back(frame)
        assert type(back) is type(frame)
        assert frame_kinds.same(frame, back)

    hold()


@pytest.mark.parametrize("library", LIBRARIES)
def test_exported_frames_are_read_as_they_were(store, library):
    round_trips(library, lambda frame: from_version[library](store.export(frame, f"from_{library}")))


@pytest.mark.parametrize("library", LIBRARIES)
def test_cached_frames_come_back_as_they_were(store, library):
    def through_cache(frame):
        through_cache.number += 1
        parameters = {"number": through_cache.number}
        store.persistence.cache_intermediate_result(frame, "tests", library, parameters)
        return store.persistence.get_cached_result("tests", library, parameters)

    through_cache.number = 0
    round_trips(library, through_cache)


@pytest.mark.parametrize("library", LIBRARIES)
def test_checkpointed_frames_come_back_as_they_were(store, library):
    manager = store.persistence.checkpoint_manager
    round_trips(library, lambda frame: manager.load_checkpoint(manager.create_checkpoint(library, data=frame).id).data)


@pytest.mark.parametrize("kind", frame_kinds.FRAMES)
def test_a_cache_gives_back_the_kind_of_frame_that_went_in(store, kind):
    table = frame_kinds.arrow_table()
    make = frame_kinds.FRAMES[kind]
    store.persistence.cache_intermediate_result(make(table), "tests", "kinds", {"kind": kind})
    assert frame_kinds.same(make(table), store.persistence.get_cached_result("tests", "kinds", {"kind": kind}))


def test_what_marks_the_kind_of_frame_does_not_show(store):
    table = pa.table({"a": [1]}).replace_schema_metadata({"mine": "stays"})
    store.persistence.cache_intermediate_result(table, "tests", "metadata")
    assert store.persistence.get_cached_result("tests", "metadata").schema.metadata == {b"mine": b"stays"}
