"""A step that many processes ask for at once; imported by each of them."""

import os
from pathlib import Path

import polars as pl

import cairn

FOLDER = Path(os.environ["SHARED_STEP_FOLDER"])
store = cairn.open(FOLDER / "output")


@store.cache(ttl="1h")
def expensive(rows: pl.DataFrame, *, factor: int) -> pl.DataFrame:
    """Tells in a file that it was computed."""
    with (FOLDER / "computed.txt").open("a") as told:
        told.write(f"{os.getpid()}\n")
    return rows.with_columns(pl.col("n") * factor)


def ask(factor: int) -> int:
    """What one process does."""
    return int(expensive(pl.DataFrame({"n": [1, 2, 3]}), factor=factor)["n"].sum())
