"""Lineage on the command line: what exports record by themselves, what is told, and what can be asked."""

import json


def show(cairn, reference, *options):
    return cairn.json("lineage", "show", reference, *options)


def ids(graph):
    return [node["id"] for node in graph["nodes"]]


def test_an_export_records_the_files_it_was_made_of(orders):
    graph = show(orders, "orders", "--upstream")
    assert ids(graph) == ["orders@1", "file:orders.csv@1"]
    version, file = graph["nodes"]
    assert file["digest"] == version_table_digest(orders)
    assert file["rows"] == 3
    assert file["bytes"] == (orders.folder / "orders.csv").stat().st_size
    assert version["path"] == "metadata/orders_v000001.json"
    (run,) = graph["runs"]
    assert (run["kind"], run["state"], run["job"]) == ("export", "COMPLETE", "export orders")


def version_table_digest(cairn):
    return cairn.json("show", "orders")["tables"][0]["digest"]


def test_a_file_that_did_not_change_stays_the_version_it_is(orders):
    orders("export", "orders.csv", "--dataset", "orders")
    orders("export", "orders.csv", "--dataset", "copy")
    downstream = show(orders, "file:orders.csv", "--downstream")
    assert ids(downstream) == ["file:orders.csv@1", "orders@1", "orders@2", "copy@1"]
    orders.write("orders.csv", "order_id\n1\n")
    orders("export", "orders.csv", "--dataset", "orders")
    assert ids(show(orders, "orders", "--upstream")) == ["orders@3", "file:orders.csv@2"]


def test_files_that_become_one_table_are_known_by_their_size_alone(cairn):
    cairn.write("a.csv", "id\n1\n")
    cairn.write("b.csv", "id\n2\n")
    cairn.write("days.csv", "day\n1\n")
    cairn("export", "a.csv", "b.csv", "--analytical", "days=days.csv", "--dataset", "all")
    graph = show(cairn, "all", "--upstream")
    digests = {node["id"]: bool(node["digest"]) for node in graph["nodes"][1:]}
    assert digests == {"file:a.csv@1": False, "file:b.csv@1": False, "file:days.csv@1": True}


def test_files_are_named_from_where_the_command_was_started(cairn, tmp_path):
    cairn.write("shop/raw/a.csv", "id\n1\n")
    cairn("-C", "shop", "export", "raw/a.csv", "--dataset", "a")
    graph = cairn.json("-C", "shop", "lineage", "show", "a", "--upstream")
    assert ids(graph) == ["a@1", "file:shop/raw/a.csv@1"]


def test_standard_input_is_made_of_nothing_that_is_known(cairn):
    cairn("export", "-", "--dataset", "a", stdin=b"id\n1\n")
    assert ids(show(cairn, "a")) == ["a@1"]
    assert cairn.json("lineage", "orphans") == []


def test_a_rollback_is_made_of_the_version_it_went_back_to(orders):
    orders("export", "orders.csv", "--dataset", "orders")
    orders("rollback", "orders@1")
    assert ids(show(orders, "orders@3", "--upstream")) == ["orders@3", "orders@1", "file:orders.csv@1"]


def test_the_example_of_the_specification(cairn):
    cairn("lineage", "register", "raw_sales_data", "--metadata", "source=sales_db",
          "--metadata", "records=1000000", "--metadata", "date=2023-01-01")
    run = cairn.json("lineage", "track", "sales_cleaning_001", "--input", "raw_sales_data",
                     "--output", "cleaned_sales_data", "--type", "data_cleaning",
                     "--param", "remove_duplicates=true", "--param", "validate_emails=true")
    assert run["parameters"] == {"remove_duplicates": True, "validate_emails": True}
    assert run["outputs"] == ["cleaned_sales_data@1"]
    graph = show(cairn, "cleaned_sales_data")
    assert graph["nodes"][1]["metadata"] == {"source": "sales_db", "records": 1000000, "date": "2023-01-01"}
    mirror = json.loads((cairn.folder / "data/output/data_lineage.json").read_text())
    assert mirror["runs"][0]["id"] == "sales_cleaning_001"
    assert set(mirror["datasets"]) == {"raw_sales_data", "cleaned_sales_data"}


def chain(cairn):
    for number, (source, result) in enumerate([("raw", "clean"), ("clean", "joined"), ("joined", "report")]):
        cairn("lineage", "track", f"t{number}", "--input", source, "--output", result, "--type", "step")


def test_depth_and_limit_bound_what_is_shown(cairn):
    chain(cairn)
    near = show(cairn, "report", "--upstream", "--depth", "1")
    assert (ids(near), near["truncated"]) == (["report@1", "joined@1"], True)
    assert len(ids(show(cairn, "report", "--depth", "0", "--limit", "2"))) == 2
    assert "There is more" in cairn("lineage", "show", "report", "--depth", "1").stdout


def test_what_was_not_there_then_is_not_shown(cairn):
    chain(cairn)
    created = show(cairn, "clean")["nodes"][0]["created"]
    graph = show(cairn, "raw", "--downstream", "--as-of", created)
    assert ids(graph) == ["raw@1", "clean@1"]
    cairn("lineage", "show", "raw", "--as-of", "1999-01-01", code=10).error
    cairn("lineage", "show", "raw", "--as-of", "soon", code=2).error


def test_paths_impact_and_orphans(cairn):
    chain(cairn)
    cairn("lineage", "register", "forgotten")
    assert ids(cairn.json("lineage", "paths", "raw", "joined")) == ["joined@1", "clean@1", "raw@1"]
    assert cairn("lineage", "paths", "report", "raw", code=1).stdout.startswith("there is no way")
    impact = cairn.json("lineage", "impact", "clean")
    assert [(entry["name"], entry["version_count"]) for entry in impact] == [("joined", 1), ("report", 1)]
    assert [node["id"] for node in cairn.json("lineage", "orphans")] == ["forgotten@1"]


def test_a_failed_verification_is_the_root_cause_of_what_was_made_of_it(orders):
    orders("lineage", "track", "t1", "--input", "orders", "--output", "report", "--type", "step")
    orders("lineage", "root-cause", "report", code=1)
    (damaged,) = (orders.folder / "data/output/csv").glob("*.csv")
    text = damaged.read_bytes()
    damaged.write_bytes(text.replace(b"Ana", b"Eva"))
    orders("verify", "orders", code=1)
    cause = orders.json("lineage", "root-cause", "report")
    assert (cause["node"]["id"], cause["distance"]) == ("orders@1", 1)
    assert cause["reason"].startswith("failed check: CHECKSUM_MISMATCH")
    damaged.write_bytes(text)
    orders("verify", "orders", "--level", "size")
    orders("lineage", "root-cause", "report")
    orders("verify", "orders")
    orders("lineage", "root-cause", "report", code=1)


def test_diff_of_runs_exits_with_one_when_they_differ(cairn):
    track = ["--input", "raw", "--output", "clean", "--type", "step"]
    cairn("lineage", "track", "r1", *track, "--param", "threshold=3")
    cairn("lineage", "track", "r2", *track, "--param", "threshold=4")
    cairn("lineage", "track", "r3", *track, "--param", "threshold=4")
    diff = cairn.json("lineage", "diff", "r1", "r2", code=1)
    assert diff["changes"] == [{"what": "parameter threshold", "before": "3", "after": "4"}]
    assert cairn.json("lineage", "diff", "r2", "r3")["identical"] is True


def test_runs_are_listed_and_told(cairn):
    chain(cairn)
    assert [run["id"] for run in cairn.json("lineage", "runs")] == ["t2", "t1", "t0"]
    assert len(cairn.json("lineage", "runs", "step", "--limit", "1")) == 1
    assert cairn.json("lineage", "runs", "--id", "t1")["inputs"] == ["clean@1"]
    cairn("lineage", "runs", "--id", "nobody", code=10).error


def test_every_report_can_be_printed_and_written(cairn):
    chain(cairn)
    starts = {"text": "clean@1", "json": "{", "mermaid": "flowchart", "dot": "digraph", "html": "<!doctype html>"}
    for name, start in starts.items():
        assert cairn("lineage", "show", "clean", "--format", name).stdout.startswith(start)
        cairn("lineage", "show", "clean", "--format", name, "-o", f"out.{name}")
        assert (cairn.folder / f"out.{name}").read_text().startswith(start)


def test_dry_runs_change_nothing(cairn):
    cairn("lineage", "register", "raw", "-n")
    cairn("lineage", "track", "t", "--input", "a", "--output", "b", "--type", "step", "-n")
    assert not (cairn.folder / "data").exists()
    chain(cairn)
    cairn("lineage", "export", "--openlineage", "events.jsonl", "-n")
    assert not (cairn.folder / "events.jsonl").exists()


def test_secrets_are_not_stored(cairn):
    cairn("lineage", "register", "db", "--metadata", "source=postgres://scott:hunter2@db/sales",
          "--metadata", "password=hunter2")
    cairn("lineage", "track", "t", "--input", "db", "--output", "b", "--type", "step",
          "--param", "api_key=hunter2")
    for file in (cairn.folder / "data").rglob("*"):
        if file.is_file():
            assert b"hunter2" not in file.read_bytes(), file


def test_mistakes_are_told_in_one_line(cairn):
    chain(cairn)
    assert "did you mean 'report'" in cairn("lineage", "show", "reprot", code=10).error
    cairn("lineage", "track", "t0", "--input", "x", "--output", "y", "--type", "step", code=11).error
    cairn("lineage", "track", "t9", "--type", "step", code=2).error
    cairn("lineage", "register", "raw", "--metadata", "nothing", code=2).error
    cairn("lineage", "register", "", code=2).error
    cairn("lineage", "show", "raw", "--format", "svg", code=2).error
