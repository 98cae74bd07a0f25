"""Checkpoints and lineage from Python: what the specification's suite leaves out."""

import datetime
import signal
import threading

import pandas
import polars
import pyarrow as pa
import pytest
import frame_kinds

import cairn
from cairn.data_persistence import CheckpointManager, PersistenceManager


@pytest.fixture
def store(tmp_path):
    with cairn.open(config=frame_kinds.config(tmp_path)) as store:
        yield store


@pytest.fixture
def manager(store):
    return store.persistence.checkpoint_manager


STEPS = ["ingest", "clean", "publish"]


def test_a_process_goes_on_after_the_step_that_was_saved_last(store):
    def attempt(fails_at):
        done = []
        with store.checkpoints("nightly") as process:
            for step in process.pending(STEPS):
                with process.step(step):
                    if step == fails_at:
                        raise RuntimeError("down")
                    done.append(step)
                    process.data = polars.DataFrame({"step": [*process.data["step"], step] if done[0] != step else [step]})
                    process.state["last"] = step
        return done

    with pytest.raises(RuntimeError):
        attempt("clean")
    process = store.checkpoints("nightly")
    assert process.resumed.completed_steps == ["ingest"]
    assert process.data.equals(polars.DataFrame({"step": ["ingest"]}))
    assert list(process.pending(STEPS)) == ["clean", "publish"]
    assert attempt(None) == ["clean", "publish"]
    assert list(store.checkpoints("nightly").pending(STEPS)) == []


def test_a_step_is_done_once(store):
    process = store.checkpoints("nightly")
    with process.step("ingest"):
        pass
    with pytest.raises(cairn.InvalidArgument, match="done already"), process.step("ingest"):
        pass


def test_a_checkpoint_has_several_tables_each_of_its_kind(manager):
    saved = manager.create_checkpoint(
        "etl", {"n": 1}, pandas.DataFrame({"a": [1]}), tables={"wide": polars.DataFrame({"b": [2]})}, name="before change"
    )
    loaded = manager.load_checkpoint(saved.id)
    assert isinstance(loaded.data, pandas.DataFrame) and isinstance(loaded.tables["wide"], polars.DataFrame)
    assert loaded.info.name == "before change" and isinstance(loaded.info.created, datetime.datetime)


def test_data_that_did_not_change_is_not_written_again(manager):
    frame = pandas.DataFrame({"a": range(100_000)})
    first = manager.create_checkpoint("etl", {"n": 1}, frame)
    second = manager.create_checkpoint("etl", {"n": 2}, frame)
    assert second.new_bytes < first.new_bytes / 10


def test_old_state_is_migrated_by_a_function(manager):
    saved = manager.create_checkpoint("etl", {"count": 1}, schema_version="1")
    manager.add_migration("1", "2", lambda state: {"counts": [state["count"]]})
    manager.set_schema_version("2")
    assert manager.load_checkpoint(saved.id).saved_state == {"counts": [1]}


def test_what_a_migration_raises_is_what_the_caller_sees(manager):
    saved = manager.create_checkpoint("etl", {"count": 1}, schema_version="1")
    manager.add_migration("1", "2", lambda state: {"counts": state["missing"]})
    manager.set_schema_version("2")
    with pytest.raises(KeyError, match="missing"):
        manager.load_checkpoint(saved.id)


def test_saves_in_the_background_end_in_a_checkpoint(manager):
    pending = [manager.create_checkpoint_async("etl", {"n": n}, {"a": [n]}) for n in range(3)]
    assert pending[-1].result().process == "etl" and pending[-1].done()
    manager.close()
    assert manager.load_latest("etl").state["n"] == 2


def test_a_process_has_one_writer(tmp_path):
    config = frame_kinds.config(tmp_path)
    first = CheckpointManager(config)
    first.create_checkpoint("etl", {"n": 1})
    with pytest.raises(cairn.Conflict):
        CheckpointManager(config).create_checkpoint("etl", {"n": 2})
    first.close()
    assert CheckpointManager(config).create_checkpoint("etl", {"n": 2}).sequence == 2


def test_a_run_that_raises_has_failed(store):
    with pytest.raises(ValueError), store.run("etl.clean") as run:
        raise ValueError("no rows")
    assert store.lineage.find_run(run.id).state == "FAIL"
    assert "no rows" in store.lineage.find_run(run.id).error


def test_exports_of_a_run_are_made_of_what_it_read(store):
    store.export({"a": [1]}, "raw")
    with store.run("etl.clean", inputs=["raw"], parameters={"threshold": 3.0}, code_version="7") as run:
        run.export({"a": [2]}, "clean")
    graph = store.lineage.upstream("clean")
    assert [node.reference for node in graph.nodes] == ["clean@1", "raw@1"]
    assert graph.runs[0].parameters == {"threshold": 3.0} and graph.runs[0].code_version == "7"


def test_an_export_can_name_what_it_is_made_of(store):
    store.export({"a": [1]}, "raw")
    store.export({"a": [2]}, "clean", inputs=["raw@1", "file:rates.csv"])
    assert store.lineage.impact("raw") == {"clean": 1}


def test_columns_and_openlineage_are_told(store):
    edge = ("raw", "price", "clean", "revenue", "DIRECT", "AGGREGATION")
    store.lineage.track_transformation("t1", ["raw"], ["clean"], "sum", columns=[edge])
    assert store.lineage.find_run("t1").columns[0].subtype == "AGGREGATION"
    assert '"eventType"' in store.lineage.to_openlineage("t1")


def test_as_of_is_a_moment(store):
    store.lineage.track_transformation("t1", ["raw"], ["clean"], "cleaning")
    before = store.lineage.find_run("t1").started
    store.lineage.track_transformation("t2", ["clean"], ["report"], "reporting")
    later = store.lineage.find("report").created + datetime.timedelta(microseconds=1)
    assert len(store.lineage.around("clean").nodes) == 3
    assert len(store.lineage.around("clean", as_of=later).nodes) == 3
    assert before.tzinfo is not None


def test_cached_results_and_checkpoints_are_part_of_lineage(tmp_path):
    persistence = PersistenceManager(frame_kinds.config(tmp_path))
    persistence.cache_intermediate_result(pa.table({"a": [1]}), "etl", "clean", inputs={"raw": {"a": [0]}})
    persistence.create_process_checkpoint("etl", "clean", [], {"a": [1]})
    names = {node.dataset for node in persistence.lineage_tracker.datasets()}
    assert "raw" in names
    assert any(name.startswith("cache:") for name in names) and any(name.startswith("checkpoint:") for name in names)


def test_ctrl_c_stops_caching(store):
    begun = threading.Event()
    batch = pa.record_batch({"n": pa.array(range(100_000))})

    def batches():
        yield batch
        begun.set()
        yield from [batch] * 20_000

    def press():
        begun.wait()
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        store.persistence.cache.put(pa.RecordBatchReader.from_batches(batch.schema, batches()), "etl", "endless")
    thread.join()
    assert store.persistence.cache.get("etl", "endless") is None
