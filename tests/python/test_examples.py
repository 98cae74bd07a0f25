"""The examples run, and so does the tutorial."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(program):
    done = subprocess.run(
        [sys.executable, program],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


SAID = {
    "basic_data_export": ["ecommerce_data@1: 5 rows", "csv/ecommerce_data_", "analytical/ecommerce_data_revenue"],
    "checkpoint_management": ["after ['ingestion', 'cleaning'], in transformation of batch_001"],
    "data_caching": ["2 rows", "parameter: parameter 'threshold' was 3.0, is 2.5"],
    "data_lineage_tracking": ["raw_sales_data@1 {'date': '2023-01-01', 'records': 1000000, 'source': 'sales_db'}"],
    "pipeline": ["cleaning\n", "'lowest' was 0.0, is 5.0", "file:raw/orders.csv@1", "{'count': 2, 'report': 2}", "pass"],
}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_does_what_it_says(example, shop):
    said = run(example)
    for text in SAID[example.stem]:
        assert text in said


def test_the_complete_dataset_lies_where_the_specification_says(shop):
    run(ROOT / "examples/basic_data_export.py")
    run(ROOT / "examples/data_caching.py")
    run(ROOT / "examples/checkpoint_management.py")
    run(ROOT / "examples/data_lineage_tracking.py")
    for pattern in (
        "output/csv/*.csv",
        "output/parquet/*.parquet",
        "output/analytical/*.csv",
        "output/analytical/*.parquet",
        "output/metadata/*.json",
        "output/version_history.json",
        "output/data_lineage.json",
        "temp/cache/*.parquet",
        "temp/cache/cache_metadata.json",
        "temp/checkpoints/etl_pipeline_*/state.json",
        "temp/checkpoints/etl_pipeline_*/data.parquet",
        "temp/checkpoints/etl_pipeline_*/metadata.json",
    ):
        assert list((shop / "data").glob(pattern)), pattern


def test_the_tutorial_runs_as_it_stands(shop):
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / "docs/python.md").read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) > 10
    (shop / "tutorial.py").write_text("\n".join(blocks))
    run(shop / "tutorial.py")
