"""What is published can be read, checked and compared with tools that everybody has."""

import json
import os
import subprocess
from importlib import resources
from pathlib import Path

import duckdb
import jsonschema
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from test_reader_calls import LIBRARIES, comparable, family, to_arrow

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::pandas.errors.Pandas4Warning")

ROOT = Path(__file__).resolve().parents[2]

# By the names that an export gives them.
TABLES = {
    "processed_data": "olist_products_dataset.csv",
    "sellers": "olist_sellers_dataset.csv",
    "translation": "product_category_name_translation.csv",
}

# How each library opens a file when it is told nothing but its path.
PLAIN_READERS = {
    "csv": {
        "pyarrow": lambda path: pa.csv.read_csv(
            path, parse_options=pa.csv.ParseOptions(newlines_in_values=True)
        ),
        "pandas": pd.read_csv,
        "polars": lambda path: pl.read_csv(path, infer_schema_length=None),
        "duckdb": lambda path: duckdb.read_csv(path, all_varchar=True),
    },
    "parquet": {
        "pyarrow": pa.parquet.read_table,
        "pandas": pd.read_parquet,
        "polars": pl.read_parquet,
        "duckdb": duckdb.read_parquet,
    },
}


@pytest.fixture(scope="module")
def real_data():
    """The folder of the Olist tables: CAIRN_TEST_DATA, else beside the checkout."""
    folder = Path(os.environ.get("CAIRN_TEST_DATA", ROOT.parent / "shared/data")) / "olist"
    if not all((folder / file).exists() for file in TABLES.values()):
        pytest.skip(f"there are no Olist tables in {folder}; set CAIRN_TEST_DATA to the folder of olist/")
    return folder


def export_olist(pipeline, folder):
    """The products as the processed data of the version, the others as analytical tables of it."""
    (_, processed), *analytical = TABLES.items()
    options = [part for name, file in analytical for part in ("--analytical", f"{name}={folder / file}")]
    return pipeline.export(folder / processed, "olist", *options)


@pytest.fixture
def olist(pipeline, real_data):
    return export_olist(pipeline, real_data)


def read_through(pipeline, resource, library):
    """The table that the reader call of the manifest gives."""
    call = resource["x-cairn"]["readers"][library]
    return to_arrow(eval(call, globals() | {"path": str(pipeline.output / resource["path"])}))


def files_of_tables(manifest):
    """The files of each table, by format."""
    files = {}
    for resource in manifest["resources"]:
        files.setdefault(resource["x-cairn"]["table"], {})[resource["format"]] = resource
    return files


def md5sum_passes(pipeline):
    listings = [listing.relative_to(pipeline.output) for listing in pipeline.output.glob("metadata/*.md5")]
    done = subprocess.run(["md5sum", "-c", *listings], cwd=pipeline.output, capture_output=True, text=True)
    return done.returncode == 0 and done.stdout.count(": OK")


@pytest.mark.parametrize("library", LIBRARIES)
def test_libraries_open_a_table_of_every_type_without_being_told_anything(
    pipeline, tmp_path, table_of_all_types, library
):
    source = tmp_path / "source.parquet"
    pa.parquet.write_table(table_of_all_types, source)
    for resource in pipeline.export(source)["resources"]:
        table = PLAIN_READERS[resource["format"]][library](str(pipeline.output / resource["path"]))
        names = table.column_names if library == "pyarrow" else table.columns
        assert list(names) == table_of_all_types.column_names
        assert len(table) == table_of_all_types.num_rows


def test_three_tables_in_two_formats_are_one_version(olist):
    assert olist["version"] == "1.0.0"
    assert {table: sorted(files) for table, files in files_of_tables(olist).items()} == {
        table: ["csv", "parquet"] for table in TABLES
    }


def test_md5sum_checks_every_file(pipeline, olist):
    assert md5sum_passes(pipeline) == len(olist["resources"])
    (pipeline.output / olist["resources"][0]["path"]).open("ab").write(b"x")
    assert not md5sum_passes(pipeline)


def test_the_manifest_is_a_data_package(olist):
    profile = json.loads(resources.files("dplib").joinpath("profiles/2.0/datapackage.json").read_text())
    jsonschema.validate(olist, profile)


@pytest.mark.parametrize("library", LIBRARIES)
def test_csv_and_parquet_are_the_same_table(pipeline, olist, library):
    for table, files in files_of_tables(olist).items():
        from_csv = read_through(pipeline, files["csv"], library)
        from_parquet = read_through(pipeline, files["parquet"], library)
        assert from_csv.column_names == from_parquet.column_names
        assert from_csv.num_rows == from_parquet.num_rows > 0
        for column in from_csv.column_names:
            where = f"{table}: {column}"
            assert family(from_csv[column].type) == family(from_parquet[column].type), where
            assert from_csv[column].null_count == from_parquet[column].null_count, where
            assert comparable(from_csv[column]) == comparable(from_parquet[column]), where


def test_the_same_data_again_is_a_second_version_of_the_same_digest(pipeline, olist, real_data):
    again = export_olist(pipeline, real_data)
    assert again["version"] == "2.0.0"
    assert again["x-cairn"]["digest"] == olist["x-cairn"]["digest"]
    assert pipeline.run("diff", "olist@1", "olist@2")["identical"] is True
