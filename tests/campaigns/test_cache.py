"""The cache under many processes, dying ones, and disks that fill up.

The long form (CAIRN_LONG_TESTS=1) has more rounds.
"""

import fcntl
import json
import os
import re
import resource
import signal
import subprocess
import threading
import time

import pytest

import faults
import stores

LONG = stores.LONG
PROCESSES = 20
ROUNDS = 100 if LONG else 3
TAKEOVERS = 20 if LONG else 3
MEGABYTE = 1_000_000
ENTRY = re.compile(r"\.?[0-9a-f]{64}\.")


@pytest.fixture(scope="module")
def bench(cairn_command):
    program = cairn_command.parent / "bench" / "cache_bench"
    if not program.exists():
        pytest.skip(f"{program} is not built")
    return program


def start(bench, *words, **options):
    line = [bench, *map(str, words)]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def finish(process, timeout=300):
    out, err = process.communicate(timeout=timeout)
    assert process.returncode == 0, err
    return json.loads(out.splitlines()[-1])


def lines_of(path):
    return path.read_text().count("\n") if path.exists() else 0


def wait_for_line(path, seconds=60):
    deadline = time.monotonic() + seconds
    while lines_of(path) == 0:
        assert time.monotonic() < deadline, f"nothing was written to {path}"
        time.sleep(0.001)


def disk_bytes(folder):
    """Of entries and of what becomes one, as it lies there now."""
    total = 0
    for entry in os.scandir(folder):
        try:
            if ENTRY.match(entry.name):
                total += entry.stat(follow_symlinks=False).st_blocks * 512
        except FileNotFoundError:
            pass
    return total


def test_one_of_many_processes_computes(bench, tmp_path):
    for number in range(ROUNDS):
        folder, log = tmp_path / f"cache{number}", tmp_path / f"log{number}"
        running = [start(bench, "compute", folder, log, 50) for _ in range(PROCESSES)]
        results = [finish(process) for process in running]
        assert lines_of(log) == 1, f"round {number}"
        assert [result["rows"] for result in results] == [1000] * PROCESSES
        assert sum(not result["hit"] for result in results) == 1


def test_another_process_takes_over_when_the_one_that_computes_is_killed(bench, tmp_path):
    delays = []
    for number in range(TAKEOVERS):
        folder, log = tmp_path / f"cache{number}", tmp_path / f"log{number}"
        first = start(bench, "compute", folder, log, 600_000)
        wait_for_line(log)
        second_log = tmp_path / f"second{number}"
        waiting = [start(bench, "compute", folder, second_log, 0) for _ in range(3)]
        time.sleep(0.3)
        assert lines_of(second_log) == 0
        first.send_signal(signal.SIGKILL)
        killed = time.monotonic()
        wait_for_line(second_log)
        delays.append(time.monotonic() - killed)
        first.communicate()
        assert [finish(process)["rows"] for process in waiting] == [1000] * 3
        assert lines_of(second_log) == 1
    assert not LONG or max(delays) < 1, delays
    print(f"takeover: {max(delays) * 1000:.0f} ms at most")


def test_the_limit_is_never_exceeded(bench, tmp_path):
    limit = (40 if LONG else 4) * MEGABYTE
    folder = tmp_path / "cache"
    folder.mkdir()
    samples = []
    done = threading.Event()

    # Under the lock of the index nothing is evicted or named, which would be counted twice or come and go between two
    # looks; files grow all the same.
    def sample():
        with open(folder / "cache.lock", "a") as lock:
            while not done.is_set():
                fcntl.flock(lock, fcntl.LOCK_EX)
                samples.append(disk_bytes(folder))
                fcntl.flock(lock, fcntl.LOCK_UN)
                time.sleep(0.0005)

    watcher = threading.Thread(target=sample)
    watcher.start()
    try:
        running = [start(bench, "flood", folder, limit, seed, 250 if LONG else 60) for seed in range(8)]
        results = [finish(process) for process in running]
    finally:
        done.set()
        watcher.join()
    kept = {outcome: sum(result["outcomes"].get(outcome, 0) for result in results)
            for outcome in ("kept", "not_admitted", "unavailable")}  # fmt: skip
    print(f"{len(samples)} samples, {max(samples)} of {limit} bytes at most; {kept}")
    assert max(samples) <= limit
    assert max(samples) > limit / 2, "the limit was not put to the test"
    assert kept["kept"] > 0 and kept["unavailable"] == 0, results
    assert max(result["evicted_bytes"] for result in results) > 5 * limit


def test_writers_that_are_killed_leave_nothing_that_counts(bench, tmp_path):
    limit = 4 * MEGABYTE
    folder = tmp_path / "cache"
    for seed in range(10 if LONG else 4):
        writer = start(bench, "flood", folder, limit, seed, 1000)
        time.sleep(0.1 + 0.07 * seed)
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
    finish(start(bench, "flood", folder, limit, 99, 100))
    assert not [name for name in os.listdir(folder) if ENTRY.match(name) and name.endswith(".tmp")]
    assert disk_bytes(folder) <= limit


class Cache:
    """The commands of the cache in a folder of their own."""

    NAMES = ("--process", "shop", "--step", "clean")

    def __init__(self, command, folder):
        self.store = stores.Store(command, folder)
        self.folder = folder
        self.rows = folder / "rows.csv"
        self.rows.write_text("id,name\n" + "".join(f"{i},name {i}\n" for i in range(20_000)))

    def run(self, *words, **options):
        return self.store.run("cache", *words, **options)

    def put(self, *words, **options):
        return self.run("put", self.rows, *self.NAMES, *words, **options)

    def ask(self, *words):
        return self.store.ask("cache", *words)


def outcome(done):
    """What a put says; never a failure."""
    assert done.returncode in (0, 1), f"{done.returncode}: {done.stderr}"
    return json.loads(done.stdout)["miss"]


@pytest.fixture
def cache(cairn_command, tmp_path):
    return Cache(cairn_command, tmp_path)


@pytest.mark.parametrize("call", ["write", "pwrite64", "renameat2", "openat", "fcntl", "ftruncate", "rename"])
def test_a_failing_call_costs_the_entry_and_nothing_else(cache, call):
    faults.require_strace()
    assert outcome(cache.put("--param", "n=0")) is None
    log = cache.folder / "strace.log"
    fired = 0
    for nth in range(1, 60 if LONG else 12):
        point = faults.Point(call, nth, threads=True)
        done = cache.put("--param", f"n={nth}", under=point.under("error=ENOSPC", log))
        if "(INJECTED)" not in log.read_text():
            continue
        fired += 1
        # Before it touches the cache the command may need a call of its own; libraries do too.
        if done.returncode in (0, 1):
            assert outcome(done) in (None, "unavailable"), done.stdout
        assert json.loads(cache.run("explain", *cache.NAMES, "--param", "n=0").stdout)["hit"]
    if call in ("write", "pwrite64", "renameat2", "openat"):
        assert fired > 0
    assert outcome(cache.put("--param", "after=1")) is None
    assert cache.ask("stats")["bytes"] == disk_bytes(cache.folder / "data/temp/cache")


def test_a_limit_of_file_size_is_a_miss(cache):
    assert outcome(cache.put("--param", "n=0")) is None
    limit = 100_000
    assert cache.rows.stat().st_size > limit
    done = cache.put("--param", "n=1", "--form", "arrow",
                     preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))  # fmt: skip
    assert outcome(done) == "unavailable"
    assert json.loads(done.stdout)["explanation"]
    assert outcome(cache.put("--param", "n=1", "--form", "arrow")) is None


def test_a_full_disk_is_a_miss(cairn_command, small_disk):
    cache = Cache(cairn_command, small_disk.folder)
    assert outcome(cache.put("--param", "n=0")) is None
    for spare in (0, 4096, 40_000, 100_000):
        with small_disk.filled_up_to(spare):
            done = cache.put("--param", "n=1", "--form", "arrow")
            assert outcome(done) == "unavailable", f"with {spare} bytes free"
            assert json.loads(cache.run("explain", *cache.NAMES, "--param", "n=0").stdout)["hit"]
    assert outcome(cache.put("--param", "n=1", "--form", "arrow")) is None
