"""Handles across threads, processes and time."""

import concurrent.futures
import multiprocessing
import os
import pickle
import signal
import sys
import threading

import pyarrow as pa
import pytest
import frame_kinds

import cairn

ROWS = pa.record_batch({"n": pa.array(range(100_000))})


def endless_table():
    """A table that would take minutes to export, and no memory."""
    return pa.Table.from_batches([ROWS] * 20_000)


@pytest.fixture
def store(tmp_path):
    return cairn.open(config=frame_kinds.config(tmp_path))


def read_in_another_process(version):
    return version.to_arrow().to_pydict(), os.getpid()


def test_handles_pickle_as_references(store, tmp_path, monkeypatch):
    version = store.export({"a": [1]}, "orders")
    monkeypatch.chdir("/")
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        rows, process = pool.apply(read_in_another_process, [version])
    assert rows == {"a": [1]} and process != os.getpid()
    for handle in (store, store.exports, store.versions, store.config):
        assert b"output" in pickle.dumps(handle)
        assert type(pickle.loads(pickle.dumps(handle))) is type(handle)


def test_a_child_that_was_forked_opens_the_store_anew(store):
    store.export({"a": [1]}, "orders")
    child = os.fork()
    if child == 0:
        try:
            store.export({"a": [2]}, "orders")
            os._exit(0 if store["orders"].latest().to_arrow().to_pydict() == {"a": [2]} else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert store.export({"a": [3]}, "orders").version == 3


def test_threads_share_a_store(store):
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        versions = list(pool.map(lambda n: store.export({"n": [n]}, "orders").version, range(12)))
    assert sorted(versions) == list(range(1, 13))


def test_other_threads_run_while_rows_are_written(store):
    ran = []
    gate = threading.Event()

    def other():
        gate.wait()
        ran.append(True)

    thread = threading.Thread(target=other)
    thread.start()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1000)  # from here on a thread runs only where another lets go
    try:
        gate.set()
        stream = cairn._core.IncomingRows(pa.Table.from_batches([ROWS] * 20))
        cairn._core.export_tables(store._workspace, [("t", stream)], "numbers")
        assert ran
    finally:
        sys.setswitchinterval(interval)
        thread.join()


def interrupt_when(event):
    """Press Ctrl-C once, from another thread, so that the main one is in C++ then."""

    def press():
        event.wait()
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    return thread


def test_ctrl_c_stops_an_export_and_leaves_nothing(store):
    begun = threading.Event()
    thread = interrupt_when(begun)
    with pytest.raises(KeyboardInterrupt):
        store.export(endless_table(), "numbers", progress=lambda stage, done, total: done and begun.set())
    thread.join()
    assert "numbers" not in store
    assert [path for path in store.path.rglob("*numbers*")] == []


def test_ctrl_c_while_python_makes_the_rows_is_a_keyboard_interrupt(store):
    def batches():
        yield ROWS
        signal.raise_signal(signal.SIGINT)
        yield from [ROWS] * 20_000

    with pytest.raises(KeyboardInterrupt):
        store.export(pa.RecordBatchReader.from_batches(ROWS.schema, batches()), "numbers")
    assert "numbers" not in store


def test_a_closed_store_says_so(store):
    store.close()
    with pytest.raises(cairn.InvalidArgument, match="closed"):
        store.export({"a": [1]}, "orders")


def test_a_stream_is_read_once(store):
    rows = cairn._core.IncomingRows(pa.table({"a": [1]}))
    cairn._core.export_tables(store._workspace, [("t", rows)], "numbers")
    with pytest.raises(cairn.InvalidArgument, match="twice"):
        cairn._core.export_tables(store._workspace, [("t", rows)], "numbers")


def test_progress_is_told_to_a_callable(store):
    told = []
    store.export(pa.table({"a": range(10)}), "orders", progress=lambda *told_now: told.append(told_now))
    assert told[0] == ("writing processed_data", 0, 10)
    assert told[-1] == ("writing processed_data", 10, 10)


def test_progress_true_draws_a_bar(store, capsys):
    store.export(pa.table({"a": range(10)}), "orders", progress=True)
    assert "writing processed_data" in capsys.readouterr().err


def test_what_a_progress_callable_raises_stops_the_export(store):
    def stop(*_):
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        store.export({"a": [1]}, "orders", progress=stop)
    assert "orders" not in store


def test_notebooks_get_a_table_with_text_escaped(store):
    html = store.export({"a": [1]}, "orders", message="<b>")._repr_html_()
    assert html.startswith("<table>") and "&lt;b&gt;" in html and "<b>" not in html
