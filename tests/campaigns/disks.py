"""File systems of a few megabytes, to be filled up."""

import contextlib
import os
import subprocess

import pytest


class SmallDisk:
    """A file system of its own."""

    def __init__(self, folder):
        self.folder = folder

    def free_bytes(self):
        free = os.statvfs(self.folder)
        return free.f_bavail * free.f_frsize

    @contextlib.contextmanager
    def filled_up_to(self, spare):
        """Room for `spare` bytes at most, for as long as the block lasts."""
        ballast = self.folder / "ballast"
        ballast.write_bytes(bytes(max(0, self.free_bytes() - spare)))
        yield
        ballast.unlink()


@contextlib.contextmanager
def small_disk(folder, size="3m"):
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
