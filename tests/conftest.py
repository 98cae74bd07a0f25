"""Where the command is that the tests of it run."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def cairn_command():
    """The path of the command: CAIRN_COMMAND, else the one of the release build."""
    command = Path(os.environ.get("CAIRN_COMMAND", ROOT / "build/release/cairn"))
    if not command.exists():
        pytest.skip(f"there is no command at {command}; run `make build`")
    return command
