"""A system call that fails, anywhere, is an error that is told, and harms nothing."""

import json

import pytest

import faults
import stores
from stores import EXPORT

POINTS = 40
# Without close: strace fails a call by leaving it out, and the file, with its lock, would stay open as it never does.
FAILING_CALLS = [call for call in faults.CALLS if call != "close"]
ERRORS = ("EIO", "ENOSPC", "EINTR", "EMFILE")


@pytest.fixture(scope="module")
def export_points(prepared, tmp_path_factory):
    return faults.points_of(prepared.copy_to(tmp_path_factory.mktemp("baseline")), EXPORT, FAILING_CALLS)


def fail(store, point, error):
    """Run an export of which a call fails; nothing where that call was not made."""
    log = store.folder / "fault.strace"
    done = store.run(*EXPORT, under=point.under(f"error={error}", log))
    fired = "(INJECTED)" in log.read_text(errors="replace")
    log.unlink()
    return done if fired else None


def wrongs_of_answer(done):
    """An answer is a success, or one line that says what failed and an exit code that says of what kind."""
    if done.returncode == 0:
        return []
    if done.returncode not in stores.ERROR_EXITS:
        return [f"it ends with {done.returncode}: {done.stderr}"]
    lines = done.stderr.splitlines()
    try:
        error = json.loads(lines[-1])["error"]
        told = len(lines) == 1 and error["message"] and error["exit"] == done.returncode
    except (IndexError, KeyError, ValueError):
        told = False
    return [] if told else [f"it says {done.stderr!r}"]


def wrongs_after_error(prepared, folder, point, error):
    store = prepared.copy_to(folder)
    done = fail(store, point, error)
    if done is None:
        return ["the fault did not fire"]
    wrongs = wrongs_of_answer(done)
    reopened = store.run("verify", "--all", "--level", "content" if stores.LONG else "checksum")
    if reopened.returncode != 0:
        wrongs.append(f"verify ends with {reopened.returncode}: {reopened.stderr or reopened.stdout}")
    count = len(store.versions())
    if done.returncode == 0 and count != 2:
        wrongs.append(f"it ends well, and there are {count} versions")
    if count not in (1, 2):
        wrongs.append(f"there are {count} versions")
    return wrongs + stores.problems_of(store)


def test_a_call_that_fails_is_told_and_leaves_nothing(prepared, export_points, tmp_path):
    cases = [(point, ERRORS[i % len(ERRORS)]) for i, point in enumerate(export_points)]
    if stores.LONG:
        cases = [(point, error) for point in export_points for error in ERRORS]
    cases = faults.spread(cases, POINTS)

    def judge(numbered):
        number, (point, error) = numbered
        return f"{error} at {point}", wrongs_after_error(prepared, tmp_path / str(number), point, error)

    failures = {at: wrongs for at, wrongs in faults.in_parallel(judge, enumerate(cases)) if wrongs}
    assert not failures, "\n".join(f"{at}: {wrongs}" for at, wrongs in failures.items())


def syncs_before_the_commit(points):
    """Every fsync up to the last file that gets its final name, and those of the folders that follow."""
    last_publish = max(i for i, point in enumerate(points) if point.call == "renameat2")
    mirrors = next(i for i, point in enumerate(points) if i > last_publish and point.call == "rename")
    commit = max(i for i, point in enumerate(points[:mirrors]) if point.call == "fdatasync")
    return [point for point in points[:commit] if point.call == "fsync"]


def test_nothing_is_acknowledged_that_could_not_be_made_durable(prepared, export_points, tmp_path):
    syncs = syncs_before_the_commit(export_points)
    assert len(syncs) >= stores.FILES_OF_AN_EXPORT + 3, "each file, and each of the three folders"
    for number, point in enumerate(syncs):
        store = prepared.copy_to(tmp_path / str(number))
        done = fail(store, point, "EIO")
        assert done is not None, f"{point} did not fire"
        assert done.returncode == 13, f"{point}: {done.returncode}: {done.stderr}"
        store.ask("versions")
        assert len(store.versions()) == 1, point
        assert stores.problems_of(store) == [], point
