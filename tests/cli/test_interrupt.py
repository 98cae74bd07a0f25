import os
import select
import signal

import pyarrow as pa
import pyarrow.parquet as pq


def start_long_export(cairn):
    """An export that has begun to write: its staged files are there."""
    rows = 1_000_000
    column = pa.array([f"{i * 2654435761 % 2**32:x} some text that takes its time" for i in range(rows)])
    table = pa.table({f"c{i}": column for i in range(8)})
    pq.write_table(table, cairn.folder / "large.parquet")
    os.makedirs(cairn.folder / "data" / "output" / "csv", exist_ok=True)
    process = cairn.start("export", "large.parquet", "--dataset", "large")
    while process.poll() is None and not cairn.data_files():
        select.select([], [], [], 0.005)
    assert process.poll() is None, "the export was over before it could be interrupted"
    return process


def test_ctrl_c_ends_an_export_and_leaves_nothing_behind(cairn):
    process = start_long_export(cairn)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert stdout == b""
    assert stderr.decode().startswith("cairn: cancelled")
    assert stderr.count(b"\n") == 1
    assert cairn.data_files() == []
    assert cairn.json("versions") == []


def test_termination_cleans_up_as_well(cairn):
    process = start_long_export(cairn)
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert cairn.data_files() == []


def test_what_a_killed_export_left_is_gone_after_the_next_command(cairn):
    process = start_long_export(cairn)
    process.kill()
    process.communicate(timeout=60)
    assert cairn.data_files() != []
    assert cairn.json("status")["unfinished_exports"] == 0
    assert cairn.data_files() == []
