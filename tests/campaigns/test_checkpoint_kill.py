"""Whatever is killed while checkpoints are saved, pruned, removed or loaded: the newest that was acknowledged, or a
newer one, is loaded to the bit, and nothing is left behind."""

import dataclasses
import json
import os
import shutil
import signal
import subprocess

import pytest

import checkpoints
import faults
import stores
from test_kill import kill

SAVE_POINTS = 40
OTHER_POINTS = 10
CALLS = (*faults.CALLS, "link", "rmdir")
MODIFYING = (*faults.MODIFYING, "link", "rmdir", "mkdir")

# Each changes or reads a store with two checkpoints; 3 is the step that the save makes.
REMOVALS = {
    "gc": ("checkpoint", "gc", "--keep-last", "1", "--apply"),
    "load": ("checkpoint", "load", checkpoints.PROCESS, "elsewhere"),
}


@pytest.fixture(scope="module")
def prepared(cairn_command, tmp_path_factory):
    faults.require_strace()
    return checkpoints.prepared_store(cairn_command, tmp_path_factory.mktemp("prepared"))


def points_of(prepared, folder, command, calls=CALLS):
    return faults.points_of(prepared.copy_to(folder), command, calls)


def acknowledged(done):
    """Whether the caller was told of a checkpoint."""
    try:
        return bool(json.loads(done.stdout)["id"])
    except ValueError:
        return False


def wrongs_after(store, least, most):
    """What is wrong with a store once it is opened again; `least` and `most` are the steps that may be loaded."""
    wrongs = []
    try:
        step = checkpoints.newest_step(store)
        if not least <= step <= most:
            wrongs.append(f"step {step} is loaded, and {least} to {most} were expected")
        wrongs += checkpoints.problems_of(store)
        checkpoints.save(store, 9)
        if checkpoints.newest_step(store) != 9:
            wrongs.append("what is saved next is not what is loaded")
    except AssertionError as error:
        wrongs.append(str(error))
    wrongs += checkpoints.problems_of(store)
    wrongs += [f"{lock.name} is left" for lock in store.output.glob("locks/*.process")]
    return wrongs


def wrongs_after_kill(prepared, folder, command, point):
    store = prepared.copy_to(folder)
    done, _ = kill(store, command, point)
    if done is None:
        return ["the fault did not fire"]
    least = 3 if command[1] == "save" and acknowledged(done) else 2
    return wrongs_after(store, least, 3)


def judge(prepared, folder, command, points):
    def wrongs(numbered):
        number, point = numbered
        return point, wrongs_after_kill(prepared, folder / str(number), command, point)

    failures = {str(at): wrong for at, wrong in faults.in_parallel(wrongs, enumerate(points)) if wrong}
    assert not failures, "\n".join(f"{point}: {wrong}" for point, wrong in failures.items())


def test_a_save_killed_at_any_call_is_whole_or_not_there(prepared, tmp_path):
    command = checkpoints.save_command(3)
    points = points_of(prepared, tmp_path / "baseline", command)
    # It links what did not change, publishes a folder, and prunes what it replaces.
    calls = {point.call for point in points}
    assert {"link", "renameat2", "fsync", "unlink", "rmdir"} <= calls
    judge(prepared, tmp_path, command, faults.spread(points, SAVE_POINTS))


@pytest.mark.parametrize("name", REMOVALS)
def test_killed_while_checkpoints_are_removed_or_loaded(prepared, tmp_path, name):
    points = points_of(prepared, tmp_path / "baseline", REMOVALS[name])
    judge(prepared, tmp_path, REMOVALS[name], faults.spread(points, OTHER_POINTS))


def test_clearing_up_that_is_killed_is_finished_by_the_next(prepared, tmp_path):
    command = checkpoints.save_command(3)
    points = points_of(prepared, tmp_path / "baseline", command)
    folders = [i for i, point in enumerate(points) if point.call == "renameat2" and "staging" in point.doing]
    accidents = [points[folders[0] + 2], points[folders[-1]], points[folders[-1] + 1]]
    cases = []
    for number, accident in enumerate(accidents):
        half_done = prepared.copy_to(tmp_path / f"accident-{number}")
        done, _ = kill(half_done, command, accident)
        assert done is not None, accident
        assert checkpoints.problems_of(half_done), f"{accident} left nothing to clear up"
        opening = ("versions",)
        points_of_opening = points_of(half_done, tmp_path / f"opening-{number}", opening, MODIFYING)
        cases += [(half_done, opening, point) for point in points_of_opening]

    def wrongs(numbered):
        number, (half_done, opening, point) = numbered
        store = half_done.copy_to(tmp_path / str(number))
        done, _ = kill(store, opening, point)
        return point, ["the fault did not fire"] if done is None else wrongs_after(store, 2, 3)

    chosen = enumerate(faults.spread(cases, OTHER_POINTS))
    failures = {str(at): wrong for at, wrong in faults.in_parallel(wrongs, chosen) if wrong}
    assert not failures, "\n".join(f"{point}: {wrong}" for point, wrong in failures.items())


def test_a_call_that_fails_leaves_what_was_there(prepared, tmp_path):
    command = checkpoints.save_command(3)
    points = [p for p in points_of(prepared, tmp_path / "baseline", command, MODIFYING) if p.call != "flock"]
    cases = [(point, error) for point in points for error in ("EIO", "ENOSPC")]

    def wrongs(numbered):
        number, (point, error) = numbered
        store = prepared.copy_to(tmp_path / str(number))
        done = store.run(*command, under=point.under(f"error={error}"))
        if done.returncode != 0 and done.returncode not in stores.ERROR_EXITS:
            return point, [f"it ends with {done.returncode}: {done.stderr}"]
        return point, wrongs_after(store, 3 if done.returncode == 0 else 2, 3)

    failures = [str(case) for case in faults.in_parallel(wrongs, enumerate(faults.spread(cases, OTHER_POINTS))) if case[1]]
    assert not failures, "\n".join(failures)


def space_for_a_save(cairn_command, disk):
    """What a save that replaces nothing takes of this very file system: one like it needs no less."""
    trial = checkpoints.prepared_store(cairn_command, disk.folder / "trial", steps=1)
    before = disk.free_bytes()
    trial.ask(*checkpoints.save_command(2))
    needed = before - disk.free_bytes()
    shutil.rmtree(trial.folder)
    assert needed > 0
    return needed


def test_a_full_disk_is_told_and_undone(cairn_command, small_disk):
    store = checkpoints.prepared_store(cairn_command, small_disk.folder)
    needed = space_for_a_save(cairn_command, small_disk)
    for spare in (needed * share // 4 for share in range(4)):
        with small_disk.filled_up_to(spare):
            done = store.run(*checkpoints.save_command(3))
            assert done.returncode == 15, f"with {spare} bytes free: {done.returncode}: {done.stderr}"
        assert checkpoints.newest_step(store) == 2
        assert checkpoints.problems_of(store) == []
    assert wrongs_after(store, 2, 2) == []


def test_a_writer_that_stands_still_keeps_others_out(prepared, tmp_path):
    store = prepared.copy_to(tmp_path / "store")
    command = checkpoints.save_command(3)
    points = points_of(store, tmp_path / "baseline", command)
    publishing = [p for p in points if p.call == "renameat2" and "staging" in p.doing][-1]
    log = tmp_path / "log"
    os.mkfifo(log)
    writer = subprocess.Popen(
        [*dataclasses.replace(publishing, threads=True).under("signal=STOP", log), *store.line(*command)],
        cwd=store.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with open(log) as lines:
        stopped = next(int(line.split()[0]) for line in lines if "stopped by SIGSTOP" in line)
        try:
            other = store.run(*command)
            assert other.returncode == 11
            assert f"process {stopped} on " in other.stderr
            assert checkpoints.newest_step(store) == 2
        finally:
            os.kill(stopped, signal.SIGCONT)
        out, err = writer.communicate(timeout=60)
    assert writer.returncode == 0, err
    assert wrongs_after(store, 3, 3) == []


@pytest.mark.parametrize(
    "harm",
    [
        lambda store, newest: (newest / "state.json").unlink(),
        lambda store, newest: (newest / "data.parquet").write_bytes(b"x"),
        lambda store, newest: (newest / "metadata.json").write_text((newest / "metadata.json").read_text() + " "),
        lambda store, newest: (newest / "extra").write_text("x"),
        lambda store, newest: (newest.parent / ".staging-x").mkdir(),
        lambda store, newest: newest.rename(newest.parent / "other"),
    ],
)  # fmt: skip
def test_the_oracle_names_harm(cairn_command, tmp_path, harm):
    store = checkpoints.prepared_store(cairn_command, tmp_path, steps=1)
    assert checkpoints.problems_of(store) == []
    harm(store, next(checkpoints.folder_of(store).iterdir()))
    assert checkpoints.problems_of(store) != []
