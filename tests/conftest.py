"""Where the command is that the tests of it run."""

import os
import signal
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# What a shell starts in the background ignores Ctrl-C, and so would all that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def cairn_command():
    """The path of the command: CAIRN_COMMAND, else the one of the release build."""
    command = Path(os.environ.get("CAIRN_COMMAND", ROOT / "build/release/cairn"))
    if not command.exists():
        pytest.skip(f"there is no command at {command}; run `make build`")
    return command
