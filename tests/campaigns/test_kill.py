"""An export that is killed anywhere leaves nothing behind and nothing half visible."""

import dataclasses
import json
import shlex

import pytest

import faults
import stores
from stores import EXPORT

POINTS = 200
RECOVERY_POINTS = 30
KILL = "signal=KILL"
KILLED = -9


@pytest.fixture(scope="module")
def export_points(prepared, tmp_path_factory):
    return faults.points_of(prepared.copy_to(tmp_path_factory.mktemp("baseline")), EXPORT)


def acknowledged(done):
    """Whether the caller was told of a version."""
    try:
        return json.loads(done.stdout)["version"] > 0
    except ValueError:
        return False


def kill(store, arguments, point):
    """Run a command and kill it; what it printed, and where it died, which is earlier when the threads shared the work
    otherwise than in the baseline. Nothing where it could not be killed."""
    for nth in range(point.nth, 0, -1):
        at = dataclasses.replace(point, nth=nth)
        done = store.run(*arguments, under=at.under(KILL))
        if done.returncode == KILLED:
            return done, at
    return None, point


def wrongs_after_kill(prepared, folder, point, level):
    """What is wrong after a kill, a new start and one more export."""
    store = prepared.copy_to(folder)
    before = store.versions()
    done, at = kill(store, EXPORT, point)
    if done is None:
        return ["the fault did not fire"]
    reopened = store.run("verify", "--all", "--level", level)
    after = store.versions()
    wrongs = stores.problems_of(store)
    if reopened.returncode != 0:
        wrongs.append(f"verify ends with {reopened.returncode}: {reopened.stderr or reopened.stdout}")
    if not before.items() <= after.items() or len(after) > len(before) + 1:
        wrongs.append(f"there were {before} and are {after}")
    if acknowledged(done) and len(after) == len(before):
        wrongs.append("a version was acknowledged and is not there")
    again = store.run(*EXPORT)
    if again.returncode != 0:
        wrongs.append(f"the next export ends with {again.returncode}: {again.stderr}")
    elif len(store.versions()) != len(after) + 1:
        wrongs.append("the next export made no version")
    return wrongs + stores.problems_of(store)


def test_an_export_killed_at_any_call_is_whole_or_not_there(prepared, export_points, tmp_path):
    points = faults.spread(export_points, POINTS)
    assert len(points) >= min(POINTS, len(export_points))

    def judge(numbered):
        number, point = numbered
        level = "content" if stores.LONG or number % 10 == 0 else "checksum"
        return point, wrongs_after_kill(prepared, tmp_path / str(number), point, level)

    failures = {str(p): w for p, w in faults.in_parallel(judge, enumerate(points)) if w}
    assert not failures, "\n".join(f"{point}: {wrongs}" for point, wrongs in failures.items())


def wrongs_after_second_kill(half_done, folder, point):
    """What is wrong when clearing up was killed too, and then ran to its end."""
    store = half_done.copy_to(folder)
    before = store.versions()
    done, _ = kill(store, ("versions",), point)
    if done is None:
        return ["the fault did not fire"]
    store.ask("verify", "--all", "--level", "checksum")
    wrongs = stores.problems_of(store)
    if not before.items() <= store.versions().items():
        wrongs.append(f"there were {before} and are {store.versions()}")
    return wrongs


def accidents(points):
    """Points that leave as much as can be left: staged files, half of the final names, all of them, a version without
    its mirrors."""
    at = {call: [i for i, point in enumerate(points) if point.call == call] for call in ("renameat2", "rename", "fsync")}
    published = at["renameat2"][-1]
    mirrored = next(i for i in at["rename"] if i > published)
    committed = max(i for i, point in enumerate(points[:mirrored]) if point.call == "fdatasync")
    return [points[i] for i in (at["renameat2"][0], at["renameat2"][2], committed, committed + 1, mirrored)]


def test_clearing_up_that_is_killed_is_finished_by_the_next(prepared, export_points, tmp_path):
    cases = []
    for number, accident in enumerate(accidents(export_points)):
        half_done = prepared.copy_to(tmp_path / f"accident-{number}")
        done, _ = kill(half_done, EXPORT, accident)
        assert done is not None, accident
        probe = half_done.copy_to(tmp_path / f"baseline-{number}")
        points = faults.points_of(probe, ("versions",), faults.MODIFYING)
        assert stores.problems_of(probe) == []
        cases += [(half_done, accident, point) for point in points]

    def judge(numbered):
        number, (half_done, accident, point) = numbered
        wrongs = wrongs_after_second_kill(half_done, tmp_path / str(number), point)
        return f"{accident}, then {point}", wrongs

    chosen = enumerate(faults.spread(cases, RECOVERY_POINTS))
    failures = {at: wrongs for at, wrongs in faults.in_parallel(judge, chosen) if wrongs}
    assert not failures, "\n".join(f"{at}: {wrongs}" for at, wrongs in failures.items())
