import hashlib
import os
import resource

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest


def test_export_prints_one_object_with_every_file_of_the_version(cairn):
    cairn.write("orders.csv", "id,name\n1,Ana\n2,\n")
    summary = cairn.json("export", "orders.csv", "--dataset", "orders", "--sha256")
    assert summary["dataset"] == "orders"
    assert summary["version"] == 1
    assert summary["digest"].startswith("cd1:")
    assert summary["rows"] == 2
    assert summary["reused"] is False
    assert {file["format"] for file in summary["files"]} == {"csv", "parquet"}
    for file in summary["files"]:
        content = (cairn.folder / file["path"]).read_bytes()
        assert file["table"] == "processed_data"
        assert file["rows"] == 2
        assert file["bytes"] == len(content)
        assert file["md5"] == hashlib.md5(content).hexdigest()
        assert file["sha256"] == hashlib.sha256(content).hexdigest()
        assert file["digest"].startswith("cd1:")
    assert len({file["digest"] for file in summary["files"]}) == 1
    assert set(summary["memory"]) == {"input", "budget", "pool_peak", "rss_peak"}
    assert (cairn.folder / summary["manifest"]).exists()
    assert (cairn.folder / summary["md5_sums"]).exists()
    for field in ("created", "export_id", "elapsed_seconds", "warnings"):
        assert field in summary


def test_export_in_text_names_the_version_and_its_files(cairn):
    cairn.write("orders.csv", "id\n1\n")
    result = cairn("export", "orders.csv", "--dataset", "orders")
    assert result.stdout.startswith("published orders@1: 1 row in 1 table")
    assert "data/output/csv/orders_" in result.stdout
    assert result.stderr == ""


def test_exported_parquet_holds_what_came_in(cairn):
    table = pa.table({"a": [1, None, 3], "b": ["x", "", None], "c": pa.array([1, 2, 3], pa.timestamp("us", "UTC"))})
    pq.write_table(table, cairn.folder / "in.parquet")
    summary = cairn.json("export", "in.parquet", "--dataset", "typed", "--format", "parquet")
    (file,) = summary["files"]
    assert pq.read_table(cairn.folder / file["path"]).equals(table)


def test_files_with_the_same_columns_become_one_table(cairn):
    cairn.write("a.csv", "id,name\n1,Ana\n")
    cairn.write("b.csv", "id,name\n2,Bo\n3,Cy\n")
    assert cairn.json("export", "a.csv", "b.csv", "--dataset", "people")["rows"] == 3
    assert cairn("cat", "people").stdout == "id,name\n1,Ana\n2,Bo\n3,Cy\n"


def test_files_with_other_columns_are_refused_by_name(cairn):
    cairn.write("a.csv", "id,name\n1,Ana\n")
    cairn.write("b.csv", "id,nom\n2,Bo\n")
    error = cairn("export", "a.csv", "b.csv", "--dataset", "people", code=2).error
    assert "'b.csv'" in error and "'nom'" in error and "'name'" in error
    assert cairn.data_files() == []


def test_analytical_tables_share_the_version(cairn):
    cairn.write("orders.csv", "id\n1\n2\n")
    cairn.write("days.csv", "day,n\n2026-01-01,2\n")
    summary = cairn.json("export", "orders.csv", "-d", "shop", "--analytical", "by_day=days.csv")
    assert [table["name"] for table in summary["tables"]] == ["processed_data", "by_day"]
    assert {table["role"] for table in summary["tables"]} == {"processed", "analytical"}
    analytical = [file["path"] for file in summary["files"] if file["table"] == "by_day"]
    assert all(path.startswith("data/output/analytical/shop_by_day_") for path in analytical)


def test_standard_input_is_read_where_a_dash_stands(cairn):
    summary = cairn.json("export", "-", "--dataset", "piped", stdin=b"id\n1\n2\n")
    assert summary["rows"] == 2


def test_a_file_that_is_not_there_is_looked_for_among_processed_data(cairn):
    cairn.write("data/processed/orders.csv", "id\n1\n")
    assert cairn.json("export", "orders.csv", "--dataset", "orders")["rows"] == 1


def test_a_missing_file_is_one_line_and_makes_no_store(cairn):
    error = cairn("export", "nowhere.csv", "--dataset", "orders", code=10).error
    assert "nowhere.csv" in error
    assert not (cairn.folder / "data").exists()


def test_an_empty_file_is_corrupt_and_publishes_nothing(cairn):
    cairn.write("empty.csv", "")
    assert "empty.csv" in cairn("export", "empty.csv", "--dataset", "orders", code=16).error
    assert cairn.data_files() == []


def test_a_truncated_parquet_file_is_corrupt(cairn):
    pq.write_table(pa.table({"a": list(range(1000))}), cairn.folder / "whole.parquet")
    content = (cairn.folder / "whole.parquet").read_bytes()
    (cairn.folder / "half.parquet").write_bytes(content[: len(content) // 2])
    assert "half.parquet" in cairn("export", "half.parquet", "--dataset", "x", code=16).error


def test_dataset_is_required(cairn):
    cairn.write("orders.csv", "id\n1\n")
    assert "--dataset" in cairn("export", "orders.csv", code=2).error


@pytest.mark.parametrize("name", ["../evil", "a/b", "a\\b", "", " x", "x" * 300, "a\u202eb", "a\u200bb", "a\nb", ".."])
def test_names_that_could_deceive_are_refused(cairn, name):
    cairn.write("orders.csv", "id\n1\n")
    cairn("export", "orders.csv", "--dataset", name, code=2).error
    assert not (cairn.folder / "data").exists()


def test_a_name_of_every_script_is_kept_and_its_paths_stay_plain(cairn):
    cairn.write("orders.csv", "id\n1\n")
    summary = cairn.json("export", "orders.csv", "--dataset", "Größe 売上")
    assert summary["dataset"] == "Größe 売上"
    assert all(file["path"].isascii() for file in summary["files"])


def test_an_unknown_format_names_the_known_ones(cairn):
    cairn.write("orders.csv", "id\n1\n")
    error = cairn("export", "orders.csv", "--dataset", "x", "--format", "csv,xml", code=2).error
    assert "xml" in error and "parquet" in error


def test_a_dry_run_says_what_would_be_made_and_makes_nothing(cairn):
    cairn.write("orders.csv", "id\n1\n")
    plan = cairn.json("export", "orders.csv", "--dataset", "orders", "-n")
    assert plan["dry_run"] is True
    assert plan["version"] == 1
    assert [file["format"] for file in plan["files"]] == ["csv", "parquet"]
    assert not (cairn.folder / "data").exists()


def test_a_dry_run_tells_of_an_input_that_cannot_be_read(cairn):
    cairn.write("empty.csv", "")
    cairn("export", "empty.csv", "--dataset", "orders", "-n", code=16)


def test_a_retry_with_the_same_key_returns_the_same_version(cairn):
    cairn.write("orders.csv", "id\n1\n")
    first = cairn.json("export", "orders.csv", "--dataset", "orders", "--key", "job-7")
    again = cairn.json("export", "orders.csv", "--dataset", "orders", "--key", "job-7")
    assert again["reused"] is True
    assert again["version"] == first["version"] == 1
    assert len(cairn.data_files()) == 2


def test_an_unexpected_newest_version_is_a_conflict(orders):
    orders("export", "orders.csv", "--dataset", "orders", "--expect", "0", code=11)
    assert orders.json("export", "orders.csv", "--dataset", "orders", "--expect", "1")["version"] == 2


def test_paths_are_those_of_the_folder_the_command_was_started_in(cairn):
    cairn.write("project/orders.csv", "id\n1\n")
    summary = cairn.json("-C", "project", "export", "orders.csv", "--dataset", "orders")
    for file in summary["files"]:
        assert (cairn.folder / file["path"]).exists()


def test_a_size_limit_publishes_nothing_and_keeps_what_was_there(cairn):
    cairn.write("small.csv", "id\n1\n")
    before = cairn.json("export", "small.csv", "--dataset", "orders")
    table = pa.table({"text": [hashlib.sha256(str(i).encode()).hexdigest() for i in range(40000)]})
    pa.csv.write_csv(table, cairn.folder / "large.csv")
    limit = 1 << 20

    def full_disk():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    result = cairn("export", "large.csv", "--dataset", "orders", code=15, preexec_fn=full_disk)
    assert "cairn: " in result.error
    assert sorted(cairn.data_files()) == sorted(os.path.relpath(f["path"], "data/output") for f in before["files"])
    assert cairn.json("verify", "orders")["passed"] is True
    assert [version["version"] for version in cairn.json("versions", "orders")] == [1]


def test_output_under_a_file_is_refused(cairn):
    cairn.write("taken", "a file")
    cairn.write("orders.csv", "id\n1\n")
    result = cairn("export", "orders.csv", "--dataset", "x", code=None, env={"CAIRN_OUTPUT_DATA_PATH": "taken/out"})
    assert result.code in (10, 12, 13)
    assert "taken" in result.error


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write where nobody may")
def test_a_folder_that_cannot_be_written_is_a_matter_of_permission(cairn):
    cairn.write("orders.csv", "id\n1\n")
    (cairn.folder / "locked").mkdir(mode=0o500)
    cairn("export", "orders.csv", "--dataset", "x", code=12, env={"CAIRN_OUTPUT_DATA_PATH": "locked/out"}).error
