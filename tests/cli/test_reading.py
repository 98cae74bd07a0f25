import json
import subprocess

import pyarrow as pa
import pyarrow.parquet as pq


def test_cat_prints_the_rows_as_csv_with_nulls_beside_empty_strings(cairn):
    table = pa.table({"id": [1, 2, 3], "text": ["", None, 'a "b",\nc']})
    pq.write_table(table, cairn.folder / "in.parquet")
    cairn("export", "in.parquet", "--dataset", "t")
    assert cairn("cat", "t").stdout == 'id,text\n1,""\n2,\n3,"a ""b"",\nc"\n'


def test_cat_stops_after_the_first_rows(cairn):
    cairn.write("n.csv", "id\n" + "".join(f"{i}\n" for i in range(10000)))
    cairn("export", "n.csv", "--dataset", "n")
    assert cairn("cat", "n", "--head", "3").stdout == "id\n0\n1\n2\n"
    assert cairn("cat", "n", "--head", "0").stdout == "id\n"
    assert cairn("cat", "n", "--head", "99999").stdout.count("\n") == 10001


def test_cat_prints_json_lines(cairn):
    table = pa.table({"id": [1, 2], "text": ["", None], "list": [[1, 2], None]})
    pq.write_table(table, cairn.folder / "in.parquet")
    cairn("export", "in.parquet", "--dataset", "t")
    rows = [json.loads(line) for line in cairn("cat", "t", "--format", "jsonl").stdout.splitlines()]
    assert rows == [{"id": 1, "text": "", "list": [1, 2]}, {"id": 2, "text": None, "list": None}]


def test_cat_of_an_unknown_table_is_not_found(orders):
    assert "nothing" in orders("cat", "orders", "--table", "nothing", code=10).error


def test_cat_into_a_pipe_that_closes_ends_quietly(cairn):
    cairn.write("n.csv", "id\n" + "".join(f"{i}\n" for i in range(400000)))
    cairn("export", "n.csv", "--dataset", "n", "--format", "parquet")
    process = cairn.start("cat", "n")
    assert process.stdout.readline() == b"id\n"
    process.stdout.close()
    assert process.wait(timeout=60) == 141
    assert process.stderr.read() == b""
    process.stderr.close()


def test_get_copies_files_that_md5sum_accepts(orders):
    copied = orders.json("get", "orders", "copy/here")
    assert copied["folder"] == "copy/here"
    folder = orders.folder / "copy" / "here"
    subprocess.run(["md5sum", "-c", "--strict", "MD5SUMS"], cwd=folder, check=True, capture_output=True)
    assert json.loads((folder / "datapackage.json").read_text())["resources"]


def test_get_refuses_a_folder_with_something_in_it(orders):
    orders.write("taken/file", "mine")
    orders("get", "orders", "taken", code=11).error
    assert [path.name for path in (orders.folder / "taken").iterdir()] == ["file"]


def test_get_says_what_it_would_copy(orders):
    assert "would copy 2 files of orders@1" in orders("get", "orders", "copy", "-n").stdout
    assert not (orders.folder / "copy").exists()


def test_get_refuses_to_copy_damage(orders):
    path = orders.folder / orders.json("show", "orders")["files"][0]["path"]
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)
    orders("get", "orders", "copy", code=16).error
