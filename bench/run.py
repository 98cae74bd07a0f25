#!/usr/bin/env python3
"""Answer the questions asked of Cairn's speed, each with a file of its own here.

  bench/run.py [--rows N] [--pairs N] [QUESTION...]

Needs what `make bench` sets up: the release build, and the peers in .venv. Results are read in docs/benchmarks.md.
"""

import argparse
import importlib
import sys
from importlib.metadata import version

from measure import WORK, machine_line

QUESTIONS = ("complete_export", "catalog_growth", "large_input", "cache_hits", "checkpoint_saves", "lineage_growth",
             "python_overhead")
LIBRARIES = ("pandas", "pyarrow", "polars", "duckdb")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=3_000_000, help="of the table that is exported (complete_export)")
    parser.add_argument("--pairs", type=int, help="how often each pair is measured; each question has a default")
    parser.add_argument("questions", nargs="*", metavar="QUESTION", help=f"of {', '.join(QUESTIONS)}; all by default")
    options = parser.parse_args()
    if unknown := set(options.questions) - set(QUESTIONS):
        parser.error(f"no question is called {', '.join(sorted(unknown))}; there are {', '.join(QUESTIONS)}")
    WORK.mkdir(parents=True, exist_ok=True)
    print(machine_line(WORK))
    print("peers: " + ", ".join(f"{name} {version(name)}" for name in LIBRARIES))
    for name in options.questions or QUESTIONS:
        question = importlib.import_module(name)
        print(f"\n{name}: {question.__doc__.splitlines()[0]}")
        question.run(options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
