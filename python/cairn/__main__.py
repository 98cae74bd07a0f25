"""The command `cairn`, which lies in this package as a program of its own."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Become the command."""
    command = Path(__file__).with_name("bin") / "cairn"
    os.execv(command, ["cairn", *sys.argv[1:]])


if __name__ == "__main__":
    main()
