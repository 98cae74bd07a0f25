"""Functions that remember, and the cache under them."""

import multiprocessing
import os
import pickle
import threading

import pandas
import polars
import pyarrow as pa
import pytest
import frame_kinds

import cairn
from cairn.data_persistence import DataCache

PROCESSES = 16


@pytest.fixture
def store(tmp_path):
    with cairn.open(config=frame_kinds.config(tmp_path)) as store:
        yield store


@pytest.fixture
def calls():
    return []


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_sixteen_processes_compute_once(method, tmp_path, monkeypatch):
    monkeypatch.setenv("SHARED_STEP_FOLDER", str(tmp_path))
    monkeypatch.delitem(__import__("sys").modules, "shared_step", raising=False)
    import shared_step

    with multiprocessing.get_context(method).Pool(PROCESSES) as pool:
        sums = pool.map(shared_step.ask, [10] * PROCESSES, chunksize=1)
    assert sums == [60] * PROCESSES
    assert len((tmp_path / "computed.txt").read_text().splitlines()) == 1
    why = shared_step.expensive.explain(polars.DataFrame({"n": [1, 2, 3]}), factor=11)
    assert (why.miss, why.explanation) == ("parameter", "parameter 'factor' was 10, is 11")
    assert pickle.loads(pickle.dumps(shared_step.expensive)) is shared_step.expensive
    shared_step.store.close()


def test_threads_compute_once(store, calls):
    gate = threading.Barrier(8)

    @store.cache()
    def step(n):
        calls.append(n)
        return {"n": n}

    def ask():
        gate.wait()
        assert step(7) == {"n": 7}

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls == [7]


def test_a_frame_counts_by_its_content_and_its_index(store, calls):
    @store.cache()
    def step(frame):
        calls.append(1)
        return frame

    frame = pandas.DataFrame({"a": [1, 2]})
    step(frame), step(frame.copy())
    assert len(calls) == 1
    step(frame.assign(a=[1, 3]))
    step(frame.set_axis([5, 6]))
    step(polars.from_pandas(frame))
    assert len(calls) == 4
    assert step.explain(frame.assign(a=[9, 9])).explanation == "input 'argument:frame' changed: column 'a' changed"


def test_values_count_by_type_and_value(store, calls):
    @store.cache()
    def step(value, *, factor=1):
        calls.append(value)
        return {"value": value}

    for value in (1, 1.0, "1", True, None, [1], (1,), {"a": 1}):
        step(value)
        step(value, factor=1)
    assert calls == [1, 1.0, "1", True, None, [1], {"a": 1}]  # a tuple is a list


def test_none_and_plain_values_are_results(store, calls):
    @store.cache()
    def step(n):
        calls.append(n)
        return {0: None, 1: 2**70, 2: [1, b"x"]}[n]

    assert [step(n) for n in (0, 1, 2, 0, 1, 2)] == [None, 2**70, [1, b"x"]] * 2
    assert calls == [0, 1, 2]


def test_arguments_can_be_ignored_and_code_be_numbered(store, calls):
    def make(version):
        @store.cache(ignore=["connection"], version=version)
        def step(n, connection):
            calls.append(n)
            return {"n": n}

        return step

    make(1)(5, object())
    make(1)(5, object())
    assert calls == [5]
    assert make(2).explain(5, None).miss == "code"
    with pytest.raises(cairn.InvalidArgument, match="no argument 'conection'"):
        store.cache(ignore=["conection"])(lambda connection: None)


def test_an_argument_without_an_encoding_is_an_error_at_the_call(store, calls):
    @store.cache()
    def step(worker):
        calls.append(worker)

    with pytest.raises(cairn.Unsupported, match="'object' at worker"):
        step(object())
    with pytest.raises(cairn.Unsupported, match="only once"):
        step(pa.table({"a": [1]}).to_reader())
    assert calls == []


def test_what_the_function_raises_is_what_the_caller_sees(store, calls):
    @store.cache()
    def step(n):
        calls.append(n)
        raise ZeroDivisionError("mine")

    for _ in range(2):
        with pytest.raises(ZeroDivisionError, match="mine"):
            step(1)
    assert calls == [1, 1]


def test_a_function_that_asks_for_its_own_result_is_told(store):
    @store.cache()
    def step(n):
        return step(n)

    with pytest.raises(cairn.Conflict):
        step(1)


def test_results_are_forgotten_one_or_all(store, calls):
    @store.cache()
    def step(n):
        calls.append(n)
        return {"n": n}

    step(1), step(2)
    assert step.check_call_in_cache(1)
    step.invalidate(1)
    assert not step.check_call_in_cache(1) and step.check_call_in_cache(2)
    step.clear()
    assert not step.check_call_in_cache(2)


def test_a_version_counts_by_its_digest(store, calls):
    @store.cache()
    def step(version):
        calls.append(version.reference)
        return version.to_arrow()

    first = store.export({"a": [1]}, "orders")
    step(first)
    step(store.export({"a": [1]}, "orders"))
    step(store.export({"a": [2]}, "orders"))
    assert calls == ["orders@1", "orders@3"]


def test_inputs_of_a_cache_may_be_frames_versions_or_digests(store):
    cache = store.persistence.cache
    version = store.export({"a": [1]}, "orders")
    cache.put({"b": [2]}, "etl", "of frame", inputs={"orders": pa.table({"a": [1]})})
    assert cache.get("etl", "of frame", inputs={"orders": polars.DataFrame({"a": [1]})}) is not None
    assert cache.explain("etl", "of frame", inputs={"orders": {"a": [2]}}).miss == "input"
    cache.put({"b": [2]}, "etl", "of version", inputs={"orders": version})
    assert cache.get("etl", "of version", inputs={"orders": version.digest}) is not None


def test_a_cache_needs_no_store(tmp_path):
    cache = DataCache(frame_kinds.config(tmp_path))
    assert cache.put({"a": [1]}, "etl", "step", ttl="90s", form="arrow").hit
    assert cache.get("etl", "step", columns=["a"]).to_pydict() == {"a": [1]}
    assert not (tmp_path / "output").exists()
    assert pickle.loads(pickle.dumps(cache)).get("etl", "step") is not None


def test_a_time_to_live_is_seconds_text_or_for_ever(tmp_path):
    cache = DataCache(frame_kinds.config(tmp_path))
    cache.put({"a": [1]}, "etl", "forever", ttl=float("inf"))
    cache.put({"a": [1]}, "etl", "hour", ttl="1h")
    entries = {entry.step_name: entry for entry in cache.list()}
    assert entries["forever"].expires is None
    assert (entries["hour"].expires - entries["hour"].created).total_seconds() == 3600
    with pytest.raises(cairn.InvalidArgument):
        cache.put({"a": [1]}, "etl", "bad", ttl="soon")


def test_what_a_generator_raises_while_it_is_cached_is_what_the_caller_sees(tmp_path):
    def batches():
        yield pa.record_batch({"n": [1]})
        raise KeyError("gone")

    reader = pa.RecordBatchReader.from_batches(pa.schema({"n": pa.int64()}), batches())
    with pytest.raises(KeyError, match="gone"):
        DataCache(frame_kinds.config(tmp_path)).put(reader, "etl", "step")


def test_a_child_that_was_forked_uses_the_cache(tmp_path):
    cache = DataCache(frame_kinds.config(tmp_path))
    cache.put({"a": [1]}, "etl", "step")
    child = os.fork()
    if child == 0:
        try:
            cache.put({"a": [2]}, "etl", "child")
            os._exit(0 if cache.get("etl", "step").to_pydict() == {"a": [1]} else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert cache.get("etl", "child").to_pydict() == {"a": [2]}
