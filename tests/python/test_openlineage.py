"""Lineage leaves as OpenLineage events that the official schemas accept."""

import json
import os
import uuid
from pathlib import Path

import jsonschema
import pytest
import referencing

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = Path(os.environ.get("CAIRN_TEST_SCHEMAS", ROOT.parent / "shared" / "schemas"))


@pytest.fixture(scope="module")
def schemas():
    """Every schema of OpenLineage by its URL: nothing is fetched."""
    files = sorted((SCHEMAS / "openlineage").rglob("*.json"))
    if not files:
        pytest.skip(f"the schemas of OpenLineage are not in {SCHEMAS}; CAIRN_TEST_SCHEMAS says where they are")
    documents = [json.loads(file.read_text()) for file in files]
    return {document["$id"]: document for document in documents}


class Validator:
    """Checks an event against the schema that it names, and every facet against the one that it names."""

    def __init__(self, schemas):
        self.schemas = schemas
        self.registry = referencing.Registry().with_resources(
            (url, referencing.Resource.from_contents(schema)) for url, schema in schemas.items()
        )
        self.checked = set()

    def check(self, url, value):
        jsonschema.Draft202012Validator(
            {"$ref": url}, registry=self.registry, format_checker=jsonschema.FormatChecker()
        ).validate(value)

    def check_event(self, event):
        self.check(event["schemaURL"], event)
        holders = [event.get("run"), event.get("job"), event.get("dataset")]
        holders += event.get("inputs", []) + event.get("outputs", [])
        for holder in filter(None, holders):
            for key in ("facets", "inputFacets", "outputFacets"):
                for name, facet in holder.get(key, {}).items():
                    self.check_facet(name, facet)

    def check_facet(self, name, facet):
        url = facet["_schemaURL"]
        if name.startswith("cairn_"):
            assert url.startswith("urn:cairn:")
            return
        assert url.split("#")[0] in self.schemas, f"{name} names a schema that OpenLineage does not have: {url}"
        self.check(url, facet)
        self.checked.add(name)


@pytest.fixture
def validator(schemas):
    return Validator(schemas)


def events_of(pipeline, *options):
    pipeline.run("lineage", "export", "--openlineage", "events.jsonl", *options)
    return [json.loads(line) for line in (pipeline.folder / "events.jsonl").read_text().splitlines()]


@pytest.fixture
def busy(pipeline):
    """A store with exports, a rollback, transformations with columns, and a dataset nobody used."""
    (pipeline.folder / "raw.csv").write_text("id,name\n1,Ana\n2,\n")
    pipeline.run("export", "raw.csv", "--dataset", "people")
    pipeline.run("export", "raw.csv", "--dataset", "people")
    pipeline.run("rollback", "people@1")
    pipeline.run("lineage", "track", "count_001", "--input", "people", "--output", "counts", "--type", "count",
                 "--param", "threshold=3", "--param", "by=name", "--column", "people.id=counts.n")
    pipeline.run("lineage", "track", "count_002", "--input", "people", "--type", "count", "--parent", "count_001",
                 "--code", "git:1a2b3c", "--error", "column 'name' is missing")
    pipeline.run("lineage", "register", "forgotten", "--metadata", "owner=sales")
    return pipeline


def test_every_event_is_what_the_official_schemas_say(busy, validator):
    events = events_of(busy)
    for event in events:
        validator.check_event(event)
    assert {"errorMessage", "parent", "schema", "version", "outputStatistics", "inputStatistics", "columnLineage", "symlinks",
            "lifecycleStateChange", "processing_engine", "jobType", "executionParameters"} <= validator.checked


def test_the_validator_refuses_what_is_wrong(busy, validator):
    event = events_of(busy)[-1]
    event["run"]["runId"] = 7
    with pytest.raises(jsonschema.ValidationError):
        validator.check_event(event)
    facet = events_of(busy, "--run", "count_001")[-1]["outputs"][0]["facets"]["lifecycleStateChange"]
    facet["lifecycleStateChange"] = "PAINTED"
    with pytest.raises(jsonschema.ValidationError):
        validator.check_facet("lifecycleStateChange", facet)


def test_each_run_starts_once_and_ends_once(busy):
    types = {}
    for event in events_of(busy):
        if "run" in event:
            uuid.UUID(event["run"]["runId"])
            types.setdefault(event["run"]["runId"], []).append(event["eventType"])
    assert sorted(types.values()) == [["START", "COMPLETE"]] * 4 + [["START", "FAIL"]]


def test_the_last_event_of_a_run_carries_inputs_outputs_and_columns(busy):
    event = events_of(busy, "--run", "count_001")[-1]
    (source,), (result,) = event["inputs"], event["outputs"]
    assert (source["namespace"], source["name"]) == ("cairn", "people")
    assert source["facets"]["version"]["datasetVersion"].startswith("3-")
    assert [field["type"] for field in source["facets"]["schema"]["fields"]] == ["int64", "utf8"]
    fields = result["facets"]["columnLineage"]["fields"]
    assert fields["n"]["inputFields"][0]["field"] == "id"
    parameters = event["run"]["facets"]["executionParameters"]["parameters"]
    assert {entry["key"]: entry["value"] for entry in parameters} == {"by": "name", "threshold": "3"}


def test_an_id_that_is_no_uuid_always_becomes_the_same_one(busy):
    first, second = (events_of(busy, "--run", "count_001")[0]["run"] for _ in range(2))
    assert first["runId"] == second["runId"]
    assert first["facets"]["cairn_run"]["id"] == "count_001"
    assert uuid.UUID(first["runId"]).version == 8


def test_what_was_only_registered_is_a_dataset_event(busy):
    (event,) = (event for event in events_of(busy) if "dataset" in event)
    assert event["dataset"]["name"] == "forgotten"
    assert event["dataset"]["facets"]["cairn_metadata"]["values"] == {"owner": "sales"}
