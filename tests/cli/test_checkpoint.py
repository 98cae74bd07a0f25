import json

import pyarrow.csv
import pyarrow.parquet as pq
import pytest


def save(cairn, number=1, *arguments):
    cairn.write("state.json", json.dumps({"batch": number, "big": {"$int": str(2**60)}}))
    cairn.write("orders.csv", f"id,city\n{number},Ana\n2,João\n")
    return cairn.json(
        "checkpoint", "save", "ETL", "--step", f"s{number}", "--completed", "read", "--state", "state.json",
        "--table", "orders=orders.csv", *arguments)  # fmt: skip


def test_what_is_saved_is_loaded(cairn):
    saved = save(cairn)
    assert saved["id"].startswith("etl_")
    loaded = cairn.json("checkpoint", "load", "ETL", "there")
    assert (loaded["id"], loaded["step"], loaded["completed_steps"]) == (saved["id"], "s1", ["read"])
    assert loaded["report"] == {"chosen": saved["id"], "published_since": [], "skipped": []}
    state = json.loads((cairn.folder / "there" / "state.json").read_text())
    assert state["state"] == {"batch": 1, "big": {"$int": str(2**60)}}
    assert state["current_step"] == "s1"
    assert pq.read_table(cairn.folder / "there" / "orders.parquet").to_pydict() == {"id": [1, 2], "city": ["Ana", "João"]}


def test_tables_are_loaded_as_csv_too(cairn):
    saved = save(cairn)
    done = cairn.json("checkpoint", "load", saved["id"], "there", "--format", "csv")
    assert done["files"] == ["there/state.json", "there/orders.csv"]
    assert pyarrow.csv.read_csv(cairn.folder / "there" / "orders.csv").num_rows == 2


def test_the_folders_are_those_of_the_spec(cairn):
    cairn.write("orders.csv", "id\n1\n")
    saved = cairn.json("checkpoint", "save", "etl", "--step", "s", "--table", "orders.csv")
    folder = cairn.folder / "data" / "temp" / "checkpoints" / saved["id"]
    assert sorted(path.name for path in folder.iterdir()) == ["data.parquet", "metadata.json", "state.json"]
    metadata = json.loads((folder / "metadata.json").read_text())
    assert (metadata["process"], metadata["id"]) == ("etl", saved["id"])


def test_ls_lists_the_newest_first(cairn):
    ids = [save(cairn, n)["id"] for n in range(3)]
    cairn("checkpoint", "save", "other", "--step", "s")
    assert [each["id"] for each in cairn.json("checkpoint", "ls", "ETL")] == ids[::-1]
    assert len(cairn.json("checkpoint", "ls")) == 4
    assert ids[2] in cairn("checkpoint", "ls").stdout


def test_show_tells_of_tables_files_and_sharing(cairn):
    save(cairn)
    saved = save(cairn)
    shown = cairn.json("checkpoint", "show", "ETL", "--verify")
    assert shown["id"] == saved["id"]
    assert shown["parent"].endswith("-000001")
    assert [(table["name"], table["rows"], table["columns"]) for table in shown["tables"]] == [("orders", 2, 2)]
    assert {file["path"]: file["shared"] for file in shown["files"]} == {
        "state.json": False, "data/orders.parquet": True, "metadata.json": False}  # fmt: skip
    assert "data/orders.parquet" in cairn("checkpoint", "show", saved["id"]).stdout


def damage(cairn, checkpoint):
    path = cairn.folder / "data" / "temp" / "checkpoints" / checkpoint / "state.json"
    path.write_bytes(path.read_bytes().replace(b"batch", b"bitch"))


def test_damage_is_skipped_told_and_set_aside(cairn):
    first, second = save(cairn, 1), save(cairn, 2)
    damage(cairn, second["id"])
    cairn("checkpoint", "show", "ETL", "--verify", code=16)
    loaded = cairn.json("checkpoint", "load", "ETL", "there")
    assert loaded["id"] == first["id"]
    assert [each["checkpoint"] for each in loaded["report"]["skipped"]] == [second["id"]]
    assert "state.json" in cairn("checkpoint", "load", "ETL", "here").stderr
    assert [each["checkpoint"] for each in cairn.json("checkpoint", "gc", "--apply")["set_aside"]] == [second["id"]]
    assert [each["set_aside"] for each in cairn.json("checkpoint", "ls")] == [True, False]


def test_when_nothing_can_be_loaded_that_is_an_error(cairn):
    damage(cairn, save(cairn)["id"])
    assert "none of the newest" in cairn("checkpoint", "load", "ETL", "there", code=16).error
    assert not (cairn.folder / "there").exists()
    cairn("checkpoint", "load", "nobody", "there", code=10)


def test_exports_after_the_checkpoint_are_told(orders):
    orders("checkpoint", "save", "etl", "--step", "before")
    orders("export", "orders.csv", "--dataset", "orders")
    assert orders.json("checkpoint", "load", "etl", "there", "-n")["report"]["published_since"] == ["orders@2"]
    assert "orders@2" in orders("checkpoint", "load", "etl", "there").stderr


def test_gc_says_what_it_would_do_and_does_it_when_told(cairn):
    ids = [save(cairn, n, "--keep-last", "9")["id"] for n in range(4)]
    planned = cairn.json("checkpoint", "gc", "ETL", "--keep-last", "1")
    assert [each["id"] for each in planned["checkpoints"]] == ids[:3]
    assert planned["bytes"] > 0 and not planned["applied"]
    assert len(cairn.json("checkpoint", "ls")) == 4
    assert cairn.json("checkpoint", "gc", "--keep-last", "1", "--apply")["applied"]
    assert [each["id"] for each in cairn.json("checkpoint", "ls")] == ids[3:]
    assert "nothing to remove" in cairn("checkpoint", "gc").stdout


def test_rm_removes_one(cairn):
    saved = save(cairn, 1, "--name", "kept")
    assert cairn.json("checkpoint", "rm", saved["id"], "-n")["dry_run"]
    assert len(cairn.json("checkpoint", "ls")) == 1
    cairn("checkpoint", "rm", saved["id"])
    assert cairn.json("checkpoint", "ls") == []
    cairn("checkpoint", "rm", saved["id"], code=10)
    assert not list((cairn.folder / "data" / "temp" / "checkpoints").iterdir())


@pytest.mark.parametrize(
    "arguments, code",
    [
        (["save", "etl"], 2),
        (["save", "etl", "--step", "s", "--table", "missing.csv"], 10),
        (["save", "etl", "--step", "s", "--table", "a=orders.csv", "--table", "a=orders.csv"], 2),
        (["save", "etl", "--step", "s", "--state", "list.json"], 2),
        (["save", "etl", "--step", "s", "--state", "orders.csv"], 16),
        (["gc", "--keep-last", "-1"], 2),
        (["gc", "--max-age", "soon"], 2),
        (["load", "etl"], 2),
    ],
)
def test_mistakes_are_told_in_one_line_and_make_nothing(cairn, arguments, code):
    cairn.write("list.json", "[1]")
    cairn.write("orders.csv", "id\n1\n")
    assert cairn("checkpoint", *arguments, code=code).error
    assert not (cairn.folder / "data").exists()


def test_a_dry_run_saves_nothing(cairn):
    cairn.write("orders.csv", "id\n1\n")
    done = cairn.json("checkpoint", "save", "etl", "--step", "s", "--table", "orders.csv", "-n")
    assert done == {"process": "etl", "tables": [{"name": "data", "rows": 1}], "dry_run": True}
    assert not (cairn.folder / "data").exists()
    cairn("checkpoint", "ls", code=10)
