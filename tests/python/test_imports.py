"""One libarrow in a process, whoever is imported first."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import {first}, {second}, hashlib
import cairn, pyarrow, sys
cairn.open(sys.argv[1]).export(pyarrow.table({{"a": [1]}}), "orders")
hashlib.md5(b"")
print(*{{line.split()[-1] for line in open("/proc/self/maps") if "libarrow.so" in line}})
"""


@pytest.mark.parametrize("other", ["pyarrow", "pyarrow.parquet", "pandas", "polars", "duckdb"])
@pytest.mark.parametrize("cairn_first", [True, False])
def test_one_libarrow_is_loaded_in_any_order(other, cairn_first, tmp_path):
    first, second = ("cairn", other) if cairn_first else (other, "cairn")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(first=first, second=second), tmp_path / "output"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.split()) == 1
