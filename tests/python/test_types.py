"""What the package says of its types holds where it is used."""

import os
import subprocess
import sys
from pathlib import Path

import cairn

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(str(path) for path in (ROOT / "examples").glob("*.py"))


def check(*command):
    path = {"MYPYPATH": str(Path(cairn.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env=os.environ | path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_mypy_finds_nothing_in_the_package_and_the_examples():
    check("mypy", "--no-incremental", *EXAMPLES, str(Path(cairn.__file__).parent))


def test_pyright_finds_nothing_in_the_examples():
    check("pyright", *EXAMPLES)
