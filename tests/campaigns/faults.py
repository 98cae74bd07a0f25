"""Faults at chosen system calls, by strace, and the proof that they happened."""

import collections
import dataclasses
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

import stores

# All that touch a file or a lock and that the command makes.
CALLS = (
    "openat", "read", "pread64", "write", "pwrite64", "fsync", "fdatasync", "rename", "renameat2", "unlink",
    "close", "flock", "ftruncate", "mkdir", "fchmod", "newfstatat",
)  # fmt: skip
# Those that change what is on disk.
MODIFYING = ("openat", "write", "pwrite64", "fsync", "fdatasync", "rename", "renameat2", "unlink", "flock", "ftruncate")


@dataclasses.dataclass(frozen=True)
class Point:
    """The `nth` time that a thread makes a call. strace counts by thread: with `threads` any may be the first to come
    so far, without only the main thread is looked at."""

    call: str
    nth: int
    threads: bool
    doing: str = dataclasses.field(default="", compare=False)  # the line of the baseline

    def under(self, fault, log="/dev/null"):
        follow = ["-f"] if self.threads else []
        return ["strace", *follow, "-o", str(log), "-e", f"trace={self.call}",
                "-e", f"inject={self.call}:{fault}:when={self.nth}"]  # fmt: skip

    def __str__(self):
        return f"{self.call}#{self.nth}{' (any thread)' if self.threads else ''} {self.doing}"


def require_strace():
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    probe = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True)
    if probe.returncode != 0:
        pytest.skip("strace may not trace here")


def points_of(store, arguments, calls=CALLS):
    """All points of a command from when it first looks at the store, in the order in which they come."""
    log = store.folder / "baseline.strace"
    done = store.run(*arguments, under=["strace", "-f", "-o", str(log), "-e", "trace=" + ",".join(calls)])
    assert done.returncode == 0, done.stderr
    counts = collections.Counter()
    points = {}
    main = None
    begun = False
    for line in log.read_text(errors="replace").splitlines():
        thread, call, rest = re.match(r"(\d+)\s+(?:(\w+)\()?(.*)", line).groups()
        main = main or thread
        if call is None:
            continue
        counts[thread, call] += 1
        begun = begun or "data/output" in rest
        if begun:
            point = Point(call, counts[thread, call], thread != main, rest[:90])
            points.setdefault(point, None)
    log.unlink()
    return list(points)


def spread(points, count):
    """So many points, evenly over all."""
    if stores.LONG or len(points) <= count:
        return points
    return [points[i * len(points) // count] for i in range(count)]


def in_parallel(work, items):
    """The results of `work`, two at a time."""
    with ThreadPoolExecutor(stores.WORKERS) as pool:
        return list(pool.map(work, items))
