"""A stream that is larger than memory, made in Python while it is exported."""

import json
import os
import subprocess
import sys

import pytest

MEMORY_BUDGET = 256 << 20
ALLOWED = 512_000_000  # resident, over what the interpreter holds with everything imported

PROGRAM = """
import json, sys
import numpy, pandas, pyarrow as pa
import cairn

folder, total, budget = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
ROWS = 65_536
texts = pa.array([f"customer {n:06}" for n in range(ROWS)])
schema = pa.schema({"n": pa.int64(), "price": pa.float64(), "share": pa.float64(), "text": pa.string()})
made = 0


def batches():
    global made
    generator = numpy.random.default_rng(1)
    while made < total:
        price = generator.integers(0, 10**7, ROWS) / 100.0
        order = pa.array(generator.permutation(ROWS))
        columns = [pa.array(generator.integers(0, 2**40, ROWS)), pa.array(price), pa.array(price / 7), texts.take(order)]
        batch = pa.record_batch(columns, schema=schema)
        made += batch.nbytes
        yield batch


def resident(line):
    with open("/proc/self/status") as status:
        return next(int(l.split()[1]) * 1024 for l in status if l.startswith(line))


config = cairn.PipelineConfig(output_data_path=folder + "/output", temp_data_path=folder + "/temp", memory_budget=budget)
exporter = cairn.DataExporter(config)
before = resident("VmRSS")
summary = exporter.export_table(pa.RecordBatchReader.from_batches(schema, batches()), "large")
print(json.dumps({"made": made, "rows": summary.version.rows, "over": resident("VmHWM") - before,
                  "pool": summary.memory.pool_peak}))
"""


@pytest.mark.parametrize(
    "total",
    [
        400_000_000,
        pytest.param(
            4_000_000_000,
            marks=pytest.mark.skipif("CAIRN_LONG_TESTS" not in os.environ, reason="the long form runs in make proof"),
        ),
    ],
    ids=["400 MB", "4 GB"],
)
def test_memory_stays_within_bounds(total, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path), str(total), str(MEMORY_BUDGET)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["made"] >= total and told["rows"] % 65_536 == 0
    assert told["over"] < ALLOWED, told
    assert told["pool"] <= MEMORY_BUDGET
    print(told)
