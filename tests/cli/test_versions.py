import json
import subprocess


def export_again(cairn, text="order_id,customer\n1,Ana\n"):
    cairn.write("next.csv", text)
    return cairn.json("export", "next.csv", "--dataset", "orders")


def test_versions_lists_the_newest_first(orders):
    export_again(orders)
    listed = orders.json("versions", "orders")
    assert [(version["dataset"], version["version"]) for version in listed] == [("orders", 2), ("orders", 1)]
    for version in listed:
        assert version["digest"].startswith("cd1:")
        assert {"created", "rows", "bytes", "tags", "state", "export_id"} <= set(version)


def test_versions_stops_at_its_limit_and_zero_means_all(orders):
    for _ in range(3):
        export_again(orders)
    assert len(orders.json("versions", "orders", "--limit", "2")) == 2
    assert len(orders.json("versions", "--limit", "0")) == 4


def test_an_unknown_dataset_names_the_nearest_one(orders):
    assert "did you mean 'orders'" in orders("versions", "ordesr", code=10).error


def test_a_dataset_named_like_a_command_is_a_dataset(orders):
    orders("export", "orders.csv", "--dataset", "status")
    assert orders.json("versions", "status")[0]["dataset"] == "status"


def test_without_a_store_there_is_nothing_to_list_and_none_is_made(cairn):
    assert "no store" in cairn("versions", code=10).error
    assert not (cairn.folder / "data").exists()


def test_errors_are_objects_when_json_was_asked_for(cairn):
    result = cairn("versions", "--json", code=10)
    assert result.stdout == ""
    error = json.loads(result.stderr)["error"]
    assert set(error) == {"kind", "message", "next_step", "exit"}
    assert error["kind"] == "not_found"
    assert error["exit"] == 10


def test_show_tells_of_tables_files_and_manifest(orders):
    shown = orders.json("show", "orders")
    assert shown["version"] == 1
    assert [table["name"] for table in shown["tables"]] == ["processed_data"]
    assert len(shown["files"]) == 2
    assert (orders.folder / shown["manifest"]).exists()
    assert "orders@1" in orders("show", "orders@1").stdout


def test_show_prints_the_manifest_the_sums_and_the_schema(orders):
    manifest = json.loads(orders("show", "orders", "--manifest").stdout)
    assert {resource["format"] for resource in manifest["resources"]} == {"csv", "parquet"}
    sums = orders("show", "orders", "--md5").stdout
    subprocess.run(["md5sum", "-c", "--strict", "-"], input=sums.encode(), check=True, capture_output=True,
                   cwd=orders.folder / "data" / "output")
    (table,) = orders.json("show", "orders", "--schema")
    assert [column["name"] for column in table["columns"]] == ["order_id", "customer", "amount", "note"]


def test_every_form_of_reference_finds_its_version(orders):
    first = orders.json("show", "orders@1")
    export_again(orders)
    orders("tag", "orders@1", "gold")
    for selector in ("1", "v1", "tag:gold", first["export_id"]):
        assert orders.json("show", f"orders@{selector}")["version"] == 1
    for reference in ("orders", "orders@latest", "orders@2", "orders@asof:2999-01-01"):
        assert orders.json("show", reference)["version"] == 2
    orders("show", "orders@3", code=10).error
    orders("show", "orders@", code=2).error


def test_a_tag_moves_only_when_told_to(orders):
    export_again(orders)
    orders("tag", "orders@1", "gold")
    orders("tag", "orders@2", "gold", code=11).error
    orders("tag", "orders@2", "gold", "--replace")
    assert orders.json("show", "orders@tag:gold")["version"] == 2
    orders("tag", "orders", "gold", "--delete")
    orders("show", "orders@tag:gold", code=10).error


def test_a_dry_run_of_a_tag_leaves_none(orders):
    assert "would tag" in orders("tag", "orders@1", "gold", "-n").stdout
    assert orders.json("show", "orders")["tags"] == []


def test_diff_exits_with_one_when_versions_differ(orders):
    export_again(orders)
    difference = orders.json("diff", "orders@1", "orders@2", code=1)
    assert difference["identical"] is False
    (table,) = difference["tables"]
    assert {column["name"]: column["change"] for column in table["columns"]}["note"] == "removed"
    assert "differ" in orders("diff", "orders@1", "orders@2", code=1).stdout


def test_diff_says_that_equal_content_is_identical(orders):
    orders("export", "orders.csv", "--dataset", "orders")
    assert orders.json("diff", "orders@1", "orders@2")["identical"] is True
    assert "identical" in orders("diff", "orders@1", "orders@2").stdout


def test_diff_narrows_a_change_to_column_and_block(cairn):
    rows = [f"{i},{i * 7 % 100}" for i in range(140000)]
    cairn.write("a.csv", "id,value\n" + "\n".join(rows) + "\n")
    rows[70000] = "70000,-1"
    cairn.write("b.csv", "id,value\n" + "\n".join(rows) + "\n")
    cairn("export", "a.csv", "--dataset", "numbers")
    cairn("export", "b.csv", "--dataset", "numbers")
    (table,) = cairn.json("diff", "numbers@1", "numbers@2", code=1)["tables"]
    (column,) = table["columns"]
    assert column["name"] == "value"
    assert column["blocks"] == [{"first_row": 65536, "last_row": 131071}]


def test_rollback_makes_a_new_version_with_the_old_content(orders):
    first = orders.json("show", "orders@1")
    export_again(orders)
    assert "would make version 3" in orders("rollback", "orders@1", "-n").stdout
    made = orders.json("rollback", "orders@1", "-m", "2 was wrong")
    assert made["version"] == 3
    assert made["rolled_back_to"] == 1
    assert made["digest"] == first["digest"]
    assert orders.json("versions", "orders")[0]["version"] == 3
    assert orders.json("verify", "orders@3")["passed"] is True


def test_gc_says_what_it_would_remove_and_removes_it_only_when_told(orders):
    for _ in range(3):
        export_again(orders)
    would = orders.json("gc", "orders", "--keep-last", "1")
    assert would["applied"] is False
    assert [version["version"] for version in would["versions"]] == [3, 2, 1]
    assert len(orders.data_files()) == 8
    assert orders.json("gc", "orders", "--keep-last", "1", "--apply")["applied"] is True
    assert len(orders.data_files()) == 2
    assert orders.json("verify", "--all")["passed"] is True


def test_gc_needs_a_rule(orders):
    orders("gc", code=2).error
    orders("gc", "--keep-within", "soon", code=2).error
