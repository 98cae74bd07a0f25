"""What tests of the command share: where it is, and how a store of its own is filled and read."""

import json
import subprocess

import pyarrow as pa
import pytest
import sample_tables


class Pipeline:
    """The command in a folder of its own, as a pipeline would run it there."""

    def __init__(self, command, folder):
        self.command = command
        self.folder = folder
        self.output = folder / "data" / "output"

    def run(self, *arguments):
        """What the command prints, parsed. A failure of it fails the test, with its message."""
        done = subprocess.run(
            [self.command, "--json", *map(str, arguments)], cwd=self.folder, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def export(self, file, dataset="sample", *options):
        """Publish a file and return the manifest of the new version."""
        self.run("export", file, "--dataset", dataset, *options)
        return self.manifest(dataset)

    def manifest(self, dataset="sample"):
        """The manifest of the newest version, from the file that mirrors it."""
        newest = max(self.output.glob(f"metadata/{dataset}_v*.json"))
        return json.loads(newest.read_text())


@pytest.fixture
def pipeline(cairn_command, tmp_path):
    return Pipeline(cairn_command, tmp_path)


@pytest.fixture
def table_of_all_types():
    return pa.table(sample_tables.plain_columns() | sample_tables.confused_columns() | sample_tables.decoded_columns())
