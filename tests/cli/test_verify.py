import json
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest


def damage(cairn, format, change):
    (file,) = [f for f in cairn.json("show", "orders")["files"] if f["format"] == format]
    path = cairn.folder / file["path"]
    content = bytearray(path.read_bytes())
    path.write_bytes(change(content))
    return path


def flip(at):
    def change(content):
        content[at] ^= 1
        return content
    return change


def test_files_as_recorded_pass_at_every_level(orders):
    for level in ("size", "checksum", "structure", "content"):
        verified = orders.json("verify", "orders", "--level", level)
        assert verified["verdict"] == "pass"
        assert verified["level"] == level
    assert "orders@1  pass" in orders("verify", "--all").stdout


def test_a_changed_value_is_found_and_named(orders):
    path = damage(orders, "csv", lambda content: content.replace(b"7.25", b"7.35"))
    verified = orders.json("verify", "orders", code=1)
    assert verified["passed"] is False
    issues = verified["versions"][0]["issues"]
    assert {"CHECKSUM_MISMATCH", "CONTENT_DIGEST"} <= {issue["code"] for issue in issues}
    (content,) = [issue for issue in issues if issue["code"] == "CONTENT_DIGEST"]
    assert content["column"] == "amount"
    assert content["table"] == "processed_data"
    assert path.name in content["file"]
    text = orders("verify", "orders", code=1).stdout
    assert "CONTENT_DIGEST" in text and "amount" in text


def test_a_missing_and_a_short_file_are_found(orders):
    damage(orders, "csv", lambda content: content[:-1])
    parquet = damage(orders, "parquet", flip(-1))
    parquet.unlink()
    issues = orders.json("verify", "orders", "--level", "size", code=1)["versions"][0]["issues"]
    assert {issue["code"] for issue in issues} == {"SIZE_MISMATCH", "FILE_MISSING"}


def test_reports_are_written_in_the_form_their_name_asks_for(orders):
    damage(orders, "parquet", flip(-1))
    orders("verify", "orders", "--report", "report.html", code=1)
    assert "<html" in (orders.folder / "report.html").read_text()
    orders("verify", "orders", "--report", "report.json", code=1)
    assert json.loads((orders.folder / "report.json").read_text())["verdict"] == "fail"
    orders("verify", "orders", "--report", "report.doc", code=2).error


def test_verify_needs_to_be_told_what(orders):
    orders("verify", code=2).error
    orders("verify", "orders", "--all", code=2).error
    orders("verify", "orders", "--level", "deep", code=2).error


def test_equal_files_of_different_formats_compare_equal(orders):
    files = {f["format"]: f["path"] for f in orders.json("show", "orders")["files"]}
    compared = orders.json("compare", files["csv"], files["parquet"], "--dtypes", "csv")
    assert compared["verdict"] == "pass"


def test_a_difference_is_told_by_column_and_exits_with_one(cairn):
    cairn.write("a.csv", "id,x\n1,1.0\n2,2.0\n")
    cairn.write("b.csv", "id,x\n1,1.0\n2,2.5\n")
    issues = cairn.json("compare", "a.csv", "b.csv", code=1)["issues"]
    assert ("VALUE_MISMATCH", "x") in {(issue["code"], issue["column"]) for issue in issues}
    assert cairn.json("compare", "a.csv", "b.csv", "--tolerance", "0.5")["verdict"] in ("pass", "warn")
    cairn("compare", "a.csv", "b.csv", "--tolerance", "0,0.01", code=1)
    assert not (cairn.folder / "data").exists()


def test_rows_are_brought_together_by_key_or_as_a_multiset(cairn):
    cairn.write("a.csv", "id,x\n1,10\n2,20\n")
    cairn.write("b.csv", "id,x\n2,20\n1,10\n")
    cairn("compare", "a.csv", "b.csv", code=1)
    cairn("compare", "a.csv", "b.csv", "--key", "id")
    cairn("compare", "a.csv", "b.csv", "--multiset")
    cairn("compare", "a.csv", "b.csv", "--multiset", "--key", "id", code=2).error


def test_masked_values_stand_in_no_report(cairn):
    cairn.write("a.csv", "id,secret\n1,hunter2\n")
    cairn.write("b.csv", "id,secret\n1,swordfish\n")
    result = cairn("compare", "a.csv", "b.csv", "--mask", "secret", code=1)
    assert "hunter2" not in result.stdout and "swordfish" not in result.stdout


@pytest.mark.parametrize("tolerance", ["x", "-1", "1,", "1,2,3", "nan"])
def test_a_tolerance_that_is_none_is_refused(cairn, tolerance):
    cairn.write("a.csv", "id\n1\n")
    cairn("compare", "a.csv", "a.csv", f"--tolerance={tolerance}", code=2).error


def test_a_sample_is_never_a_pass(cairn):
    table = pa.table({"id": list(range(50000))})
    pq.write_table(table, cairn.folder / "a.parquet")
    shutil.copy(cairn.folder / "a.parquet", cairn.folder / "b.parquet")
    compared = cairn.json("compare", "a.parquet", "b.parquet", "--sample", "100")
    assert compared["verdict"] == "pass_sampled"
