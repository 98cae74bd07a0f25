"""Disks that are full, folders that cannot be written, writers that stand still."""

import json
import os
import resource
import signal
import subprocess

import pytest

import faults
import stores
from stores import EXPORT

NO_SPACE = 15


def error_of(done):
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    return json.loads(lines[0])["error"]


def test_a_full_disk_is_told_and_undone(cairn_command, small_disk):
    store = stores.prepared_store(cairn_command, small_disk.folder)
    for spare in (0, 4096, 40_000, 70_000, 100_000):
        with small_disk.filled_up_to(spare):
            done = store.run(*EXPORT)
            assert done.returncode == NO_SPACE, f"with {spare} bytes free: {done.returncode}: {done.stderr}"
            assert error_of(done)["next_step"]
        store.ask("verify", "--all")
        assert len(store.versions()) == 1
        assert stores.problems_of(store) == []
    store.ask(*EXPORT)
    assert len(store.versions()) == 2
    assert stores.problems_of(store) == []


def test_a_limit_of_file_size_is_told_and_undone(cairn_command, tmp_path):
    store = stores.Store(cairn_command, tmp_path)
    stores.write_inputs(tmp_path, rows=60_000)
    store.ask("export", "by_city.parquet", "--dataset", "orders")
    limit = 1 << 20  # the catalog is smaller, the CSV is larger
    done = store.run(*EXPORT, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    assert done.returncode == NO_SPACE, f"{done.returncode}: {done.stderr}"
    assert "csv" in error_of(done)["message"]
    store.ask("verify", "--all")
    assert len(store.versions()) == 1
    assert stores.problems_of(store) == []
    store.ask(*EXPORT)


def test_an_output_folder_below_a_file_is_refused(cairn_command, tmp_path):
    store = stores.Store(cairn_command, tmp_path)
    stores.write_inputs(tmp_path)
    (tmp_path / "data").write_text("a file\n")
    done = store.run(*EXPORT)
    assert done.returncode in stores.ERROR_EXITS
    assert "data" in error_of(done)["message"]
    assert (tmp_path / "data").read_text() == "a file\n"


def test_a_folder_that_became_read_only_is_refused_and_left_alone(cairn_command, tmp_path):
    store = stores.prepared_store(cairn_command, tmp_path)
    folder = store.output
    if subprocess.run(["mount", "--bind", folder, folder], capture_output=True).returncode != 0:
        pytest.skip("no file system can be mounted here")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True, capture_output=True)
        done = store.run(*EXPORT)
        assert done.returncode == 12, f"{done.returncode}: {done.stderr}"
        assert error_of(done)["next_step"]
    finally:
        subprocess.run(["umount", folder], check=True)
    assert len(store.versions()) == 1
    store.ask(*EXPORT)
    assert stores.problems_of(store) == []


@pytest.fixture
def stopped_writer(cairn_command, tmp_path):
    """A store, and an export to it that stands still, about to give its second file its final name."""
    faults.require_strace()
    store = stores.prepared_store(cairn_command, tmp_path / "store")
    log = tmp_path / "log"
    os.mkfifo(log)
    point = faults.Point("renameat2", 2, threads=True)
    writer = subprocess.Popen(
        [*point.under("signal=STOP", log), *store.line(*EXPORT)],
        cwd=store.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with open(log) as lines:
        stopped = next(int(line.split()[0]) for line in lines if "stopped by SIGSTOP" in line)
        yield store, writer, stopped
        if writer.poll() is None:
            os.kill(stopped, signal.SIGKILL)
            writer.communicate(timeout=60)


def test_a_writer_that_stood_still_commits_when_it_goes_on(stopped_writer):
    store, writer, stopped = stopped_writer
    waiting = store.files()
    assert any(name.endswith(".tmp") for name in waiting)
    store.ask("verify", "--all")
    assert waiting <= store.files(), "the files of a writer that lives stay"
    assert store.ask(*EXPORT)["version"] == 2
    os.kill(stopped, signal.SIGCONT)
    out, err = writer.communicate(timeout=60)
    assert writer.returncode == 0, err
    assert json.loads(out)["version"] == 3
    store.ask("verify", "--all")
    assert stores.problems_of(store) == []


def test_a_writer_that_is_killed_while_it_stands_still_leaves_nothing(stopped_writer):
    store, writer, stopped = stopped_writer
    os.kill(stopped, signal.SIGKILL)
    writer.communicate(timeout=60)
    store.ask("verify", "--all")
    assert len(store.versions()) == 1
    assert stores.problems_of(store) == []
