"""`pip install .` gives the library and the command, in an environment of its own."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pyarrow
import pytest

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import cairn, pyarrow
with cairn.open("data/output") as store:
    store.export({"a": [1, 2]}, "orders")
assert "site-packages" in cairn.__file__
"""


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A virtual environment with what pip would bring along, and the wheel of this checkout."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    packages = next(folder.glob("lib/python*/site-packages"))
    wheel = Path(pyarrow.__file__).parent
    for part in wheel.parent.glob("pyarrow*"):
        (packages / part.name).symlink_to(part)
    # With the flags of the build beside it, so that the compiler cache has every object already.
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    flags = ["--no-build-isolation", "--no-deps", "-C", "cmake.define.CAIRN_WERROR=ON"]
    run(*pip, "wheel", ".", "-w", folder, *flags, cwd=ROOT, env={**os.environ, "CXX": "c++"})
    run(*pip, "--python", folder / "bin" / "python", "install", "--no-deps", *folder.glob("cairn-*.whl"))
    return folder


def test_the_library_works_where_it_was_installed(environment, tmp_path):
    run(environment / "bin" / "python", "-c", PROGRAM, cwd=tmp_path)
    assert "orders" in run(environment / "bin" / "cairn", "versions", cwd=tmp_path)


def test_the_command_is_the_one_of_this_version(environment, tmp_path):
    assert "cairn" in run(environment / "bin" / "cairn", "version", cwd=tmp_path)
    assert "cairn" in run(environment / "bin" / "python", "-m", "cairn", "version", cwd=tmp_path)


def test_types_are_there_for_checkers(environment):
    package = next(environment.glob("lib/python*/site-packages/cairn"))
    assert (package / "py.typed").exists() and (package / "_core.pyi").exists()
