"""The oracle of the campaigns sees each kind of harm that it is there to see."""

import sqlite3

import pytest

import stores


@pytest.fixture(scope="module")
def prepared(cairn_command, tmp_path_factory):
    store = stores.prepared_store(cairn_command, tmp_path_factory.mktemp("prepared"))
    store.ask(*stores.EXPORT)
    assert stores.problems_of(store) == []
    return store


@pytest.fixture
def store(prepared, tmp_path):
    return prepared.copy_to(tmp_path)


def first_file(store, pattern="csv/*.csv"):
    return min(store.output.glob(pattern))


def change_catalog(store, sql):
    with sqlite3.connect(store.output / "catalog.sqlite") as connection:
        connection.execute(sql)


def truncate(store):
    file = first_file(store)
    file.write_bytes(file.read_bytes()[:-1])


def flip(store):
    file = first_file(store, "parquet/*.parquet")
    bytes_ = bytearray(file.read_bytes())
    bytes_[100] ^= 1
    file.write_bytes(bytes_)


HARM = {
    "bytes of": truncate,
    "is not what was recorded": flip,
    "is missing": lambda store: first_file(store).unlink(),
    ".orders.csv.tmp belongs to nothing": lambda store: (store.output / "csv" / ".orders.csv.tmp").touch(),
    "dead.writer belongs to nothing": lambda store: (store.output / "locks" / "dead.writer").touch(),
    "spool belongs to nothing": lambda store: (store.folder / "data" / "temp" / "spool").touch(),
    "unfinished export": lambda store: change_catalog(
        store, "INSERT INTO export (uuid, dataset, writer, started, state) VALUES ('u', 'd', 'w', 0, 'PENDING')"
    ),
    "the versions of orders are [1, 3]": lambda store: change_catalog(
        store, "UPDATE version SET number = 3 WHERE number = 2"
    ),
    "has 3 of 4 files": lambda store: change_catalog(
        store, "DELETE FROM data_file WHERE id = (SELECT min(id) FROM data_file)"
    ),
    "version_history.json tells of": lambda store: (store.output / "version_history.json").write_text(
        '{"datasets": {"orders": {"versions": [{"version": 1}]}}}'
    ),
    "orders_v000001.json: ": lambda store: (store.output / "metadata" / "orders_v000001.json").write_text('{"half'),
}


@pytest.mark.parametrize("problem", HARM)
def test_the_oracle_sees(problem, store):
    HARM[problem](store)
    assert any(problem in found for found in stores.problems_of(store))
