import pytest

import disks
import faults
import stores


@pytest.fixture(scope="module")
def prepared(cairn_command, tmp_path_factory):
    """A store with one version, for campaigns that fail its system calls."""
    faults.require_strace()
    return stores.prepared_store(cairn_command, tmp_path_factory.mktemp("prepared"))


@pytest.fixture
def small_disk(tmp_path):
    """A file system with room for few exports."""
    with disks.small_disk(tmp_path / "disk") as disk:
        yield disk
