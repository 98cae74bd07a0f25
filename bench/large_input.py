"""Does exporting a 4 GB table stay below 512 MB of memory?

A Parquet file of about 4 GB in Arrow memory, one million rows a row group and no two alike, exported by the command
with `--memory 256MB`; the peak is the resident memory of the process by the kernel's count.
"""

import json
import shutil
import sys

import pyarrow.parquet as pq

import lineitem
from measure import BUILD, WORK, print_table, run_and_watch

ROWS = 30_000_000
MEMORY = "256MB"
TARGET = 512_000_000


def parquet_file():
    """The input, made one row group at a time, and its size in Arrow memory; made unless it is there."""
    path, size = WORK / f"lineitem-{ROWS}.parquet", WORK / f"lineitem-{ROWS}.json"
    if not size.exists():
        arrow_bytes = 0
        with pq.ParquetWriter(path, lineitem.SCHEMA) as file:
            for part in lineitem.make_parts(ROWS):
                arrow_bytes += part.nbytes
                file.write_batch(part, row_group_size=lineitem.PART_ROWS)
        size.write_text(json.dumps(arrow_bytes))
    return path, json.loads(size.read_text())


def run(options):
    source, arrow_bytes = parquet_file()
    folder = WORK / "large_input"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "cairn.yaml").write_text("output_data_path: output\ntemp_data_path: temp\n")
    used = run_and_watch([BUILD / "cairn", "-C", folder, "export", source, "--dataset", "large", "--memory", MEMORY])
    written = sum(path.stat().st_size for kind in ("csv", "parquet") for path in (folder / "output" / kind).iterdir())
    print_table(
        ["", "Arrow MB", "written MB", "seconds", "CPU s", "peak MB", "target"],
        [
            [
                f"cairn export --memory {MEMORY}",
                f"{arrow_bytes / 1e6:.0f}",
                f"{written / 1e6:.0f}",
                f"{used['seconds']:.1f}",
                f"{used['cpu_seconds']:.1f}",
                f"{used['peak_rss'] / 1e6:.0f}",
                f"{TARGET / 1e6:.0f} {'met' if used['peak_rss'] < TARGET else 'missed'}",
            ]
        ],
    )
    shutil.rmtree(folder)
    if used["peak_rss"] >= TARGET:
        sys.exit("large_input: the export took more memory than it may")
