"""Errors are of Cairn and of Python, and say what to do."""

import logging
import pickle

import pyarrow as pa
import pytest
import frame_kinds

import cairn
from cairn import errors

BASES = {
    "invalid_argument": ValueError,
    "config": ValueError,
    "not_found": LookupError,
    "conflict": cairn.Conflict,
    "permission": PermissionError,
    "io": OSError,
    "unsupported": TypeError,
    "no_space": cairn.StorageError,
    "memory_budget": OSError,
    "corrupt": cairn.Corrupt,
    "commit_unknown": cairn.CommitUnknown,
    "internal": cairn.CairnError,
}


@pytest.mark.parametrize("kind", BASES)
def test_every_kind_has_its_bases_and_survives_a_process_border(kind):
    error = errors.make("cannot do it: because; do that", kind, "cannot do it: because", "do that")
    assert isinstance(error, cairn.CairnError) and isinstance(error, BASES[kind])
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert (str(copy), copy.kind, copy.message, copy.next_step) == (
        "cannot do it: because; do that",
        kind,
        "cannot do it: because",
        "do that",
    )


def test_an_error_says_what_to_do(tmp_path):
    store = cairn.open(config=frame_kinds.config(tmp_path))
    store.export({"a": [1]}, "orders")
    with pytest.raises(cairn.NotFound) as raised:
        store["ordres"].latest()
    assert raised.value.kind == "not_found"
    assert raised.value.next_step == "did you mean 'orders'?"


def test_a_name_that_is_not_legal_is_a_value_error(tmp_path):
    with pytest.raises(ValueError, match="dataset"):
        cairn.open(config=frame_kinds.config(tmp_path)).export({"a": [1]}, "a\x00b")


def test_a_type_that_no_file_carries_is_a_type_error(tmp_path):
    union = pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1])])
    with pytest.raises(TypeError):
        cairn.open(config=frame_kinds.config(tmp_path)).export(pa.table({"u": union}), "orders")


def test_a_second_writer_of_the_same_parent_conflicts(tmp_path):
    store = cairn.open(config=frame_kinds.config(tmp_path))
    store.export({"a": [1]}, "orders", expected_parent=0)
    with pytest.raises(cairn.Conflict):
        store.export({"a": [2]}, "orders", expected_parent=0)


def test_a_setting_that_does_not_exist_names_its_nearest(tmp_path):
    (tmp_path / "config.yaml").write_text("output_formts: [csv]\n")
    with pytest.raises(cairn.InvalidArgument, match="output_formats"):
        cairn.PipelineConfig.from_file(tmp_path / "config.yaml")


def test_a_store_that_is_not_there_is_not_made_by_reading(tmp_path):
    with pytest.raises(cairn.NotFound):
        cairn.DataVersionManager(frame_kinds.config(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_exports_are_logged(tmp_path, caplog):
    with caplog.at_level(logging.INFO, logger="cairn"):
        cairn.open(config=frame_kinds.config(tmp_path)).export({"a": ["=1+1"]}, "orders")
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert "start like a formula" in caplog.messages[0] and "orders@1" in caplog.messages[1]
