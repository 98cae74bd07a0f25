"""A manifest is a Data Package that validators other than ours accept."""

import base64
import hashlib
import json
from importlib import resources

import jsonschema
import pyarrow as pa
import pyarrow.parquet
import pytest

CSV = 'id,name,price\n1,"Paris, France",0.5\n2,,1.5\n3,"",NaN\n'


@pytest.fixture(scope="module")
def profile():
    """The profile of Data Package 2.0, as dplib carries it."""
    return json.loads(resources.files("dplib").joinpath("profiles/2.0/datapackage.json").read_text())


@pytest.fixture
def source(tmp_path):
    file = tmp_path / "source.csv"
    file.write_text(CSV)
    return file


def resources_of(manifest):
    return {resource["format"]: resource for resource in manifest["resources"]}


def test_validates_against_the_profile_of_the_standard(pipeline, source, profile):
    jsonschema.validate(pipeline.export(source, "sample", "-m", "nightly", "--sha256"), profile)


def test_validates_with_every_type_of_column(pipeline, tmp_path, profile, table_of_all_types):
    source = tmp_path / "source.parquet"
    pa.parquet.write_table(table_of_all_types, source)
    manifest = pipeline.export(source)
    jsonschema.validate(manifest, profile)
    for resource in manifest["resources"]:
        names = [field["name"] for field in resource["schema"]["fields"]]
        assert names == table_of_all_types.column_names


def test_a_wrong_manifest_does_not_validate(pipeline, source, profile):
    manifest = pipeline.export(source)
    manifest["resources"][0]["path"] = "../outside.csv"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(manifest, profile)


def test_names_files_that_have_the_size_and_hash_it_says(pipeline, source):
    for resource in pipeline.export(source)["resources"]:
        data = (pipeline.output / resource["path"]).read_bytes()
        assert len(data) == resource["bytes"]
        assert hashlib.md5(data).hexdigest() == resource["hash"]


def test_prefers_sha256_where_it_was_asked_for(pipeline, source):
    for resource in pipeline.export(source, "sample", "--sha256")["resources"]:
        data = (pipeline.output / resource["path"]).read_bytes()
        assert resource["hash"] == "sha256:" + hashlib.sha256(data).hexdigest()


def test_md5_list_is_what_md5sum_would_write(pipeline, source):
    manifest = pipeline.export(source)
    (listing,) = pipeline.output.glob("metadata/*.md5")
    lines = [f"{resource['hash']}  {resource['path']}" for resource in manifest["resources"]]
    assert listing.read_text().splitlines() == lines


def test_carries_the_exact_schema_of_each_table(pipeline, tmp_path):
    table = pa.table({"x": pa.array([1, 2], pa.int16())}).replace_schema_metadata({"owner": "sales"})
    source = tmp_path / "source.parquet"
    pa.parquet.write_table(table, source)
    (recorded,) = pipeline.export(source)["x-cairn"]["tables"]
    schema = pa.ipc.read_schema(pa.py_buffer(base64.b64decode(recorded["arrow_schema"])))
    assert schema.field("x").type == pa.int16()


def test_describes_the_dialect_of_csv_only(pipeline, source):
    described = resources_of(pipeline.export(source))
    assert described["csv"]["dialect"]["delimiter"] == ","
    assert "dialect" not in described["parquet"]


def test_history_lists_the_version(pipeline, source):
    manifest = pipeline.export(source)
    history = json.loads((pipeline.output / "version_history.json").read_text())
    (version,) = history["datasets"]["sample"]["versions"]
    assert version["digest"] == manifest["x-cairn"]["digest"]
    assert (pipeline.output / version["manifest"]).exists()
