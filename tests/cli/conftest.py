"""Runs the real command in a folder of its own, and reads what it prints."""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def find_command():
    named = os.environ.get("CAIRN_COMMAND")
    return Path(named) if named else ROOT / "build" / "release" / "cairn"


class Result:
    """One finished run."""

    def __init__(self, process):
        self.code = process.returncode
        self.stdout = process.stdout.decode()
        self.stderr = process.stderr.decode()

    @property
    def json(self):
        return json.loads(self.stdout)

    @property
    def error(self):
        """The one line that a failure is told in."""
        lines = self.stderr.splitlines()
        assert len(lines) == 1, self.stderr
        assert lines[0].startswith("cairn: ")
        return lines[0]


class Cairn:
    """The command, run in one folder and with an environment that no caller's settings leak into."""

    def __init__(self, command, folder):
        self.command = command
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CAIRN_")}
        self.environment = {**kept, "LC_ALL": "C.UTF-8"}

    def start(self, *arguments, **options):
        return subprocess.Popen(
            [self.command, *map(str, arguments)],
            **{"cwd": self.folder, "env": self.environment, "stdin": subprocess.DEVNULL,
               "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options})

    def __call__(self, *arguments, stdin=b"", code=0, env=None, **options):
        """Run to the end; `code` is what it must exit with, None for anything."""
        process = subprocess.run(
            [self.command, *map(str, arguments)], input=stdin, capture_output=True, check=False, timeout=120,
            **{"cwd": self.folder, "env": {**self.environment, **(env or {})}, **options})
        result = Result(process)
        assert code is None or result.code == code, f"{arguments}: {result.code}\n{result.stdout}{result.stderr}"
        return result

    def json(self, *arguments, **options):
        return self(*arguments, "--json", **options).json

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def data_files(self):
        """What lies in the data folders, hidden files included."""
        output = self.folder / "data" / "output"
        return sorted(str(path.relative_to(output)) for folder in ("csv", "parquet", "analytical")
                      for path in (output / folder).rglob("*") if path.is_file())


@pytest.fixture
def cairn(tmp_path):
    command = find_command()
    assert command.exists(), f"{command} is not built"
    return Cairn(command, tmp_path)


ORDERS = """order_id,customer,amount,note
1,Ana,10.50,
2,João,,""
3,"O'Brien, Pat",7.25,"said ""hello"",
twice"
"""


@pytest.fixture
def orders(cairn):
    """A store with one version of one dataset, `orders`."""
    cairn.write("orders.csv", ORDERS)
    cairn("export", "orders.csv", "--dataset", "orders")
    return cairn
