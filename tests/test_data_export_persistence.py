"""The suite that the specification lists: export, integrity, cache, checkpoints, lineage, and all of it together."""

import datetime
import hashlib
import json
import re

import pandas as pd
import pytest

from cairn.config import PipelineConfig
from cairn.data_exporter import DataExporter, DataVersionManager, ExportManager
from cairn.data_integrity import DataIntegrityValidator
from cairn.data_persistence import CheckpointManager, DataCache, DataLineageTracker, PersistenceManager


@pytest.fixture
def config(tmp_path, monkeypatch):
    """The configuration of the specification, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config").mkdir()
    (tmp_path / "config/pipeline_config.yaml").write_text(
        "output_formats:\n  - csv\n  - parquet\n"
        "output_data_path: data/output\nprocessed_data_path: data/processed\ntemp_data_path: data/temp\n"
        "max_cache_size_gb: 2.0\ncache_ttl_hours: 24\n"
    )
    return PipelineConfig.from_file("config/pipeline_config.yaml")


@pytest.fixture
def processed_df():
    return pd.DataFrame(
        {
            "order_id": [1, 2, 3],
            "city": ["São Paulo", None, 'Rio "de" Janeiro, RJ'],
            "price": [19.9, None, 12.5],
            "ordered": pd.to_datetime(["2026-01-15 09:30", "2026-01-16 10:00", None]),
            "size": pd.Categorical(["s", "l", "s"], categories=["s", "m", "l"], ordered=True),
        }
    )


@pytest.fixture
def analytical_dict():
    return {
        "by_city": pd.DataFrame({"city": ["Rio"], "revenue": [12.5]}),
        "by_day": pd.DataFrame({"day": ["2026-01-15"], "orders": [1]}),
    }


class TestDataExport:
    def test_every_format_is_written_with_a_timestamp_in_its_name(self, config, processed_df, tmp_path):
        summary = DataExporter(config).export_table(processed_df, "orders")
        assert sorted(file.format for file in summary.files) == ["csv", "parquet"]
        for file in summary.files:
            assert (tmp_path / "data/output" / file.path).stat().st_size == file.bytes
            assert re.fullmatch(rf"{file.format}/orders_\d{{8}}_\d{{6}}_[0-9a-f]{{8}}\.{file.format}", file.path)

    def test_other_readers_find_the_same_rows(self, config, processed_df):
        summary = DataExporter(config).export_table(processed_df, "orders")
        paths = {file.format: summary.output / file.path for file in summary.files}
        assert pd.read_csv(paths["csv"])["order_id"].tolist() == [1, 2, 3]
        assert pd.read_parquet(paths["parquet"])["city"].tolist()[0] == "São Paulo"

    def test_metadata_describes_the_export(self, config, processed_df):
        summary = DataExporter(config).export_table(processed_df, "orders", message="first", author="me")
        metadata = json.loads(summary.manifest.read_text())
        assert metadata["resources"][0]["path"]
        assert summary.memory.input > 0 and summary.memory.pool_peak > 0
        assert (summary.version.message, summary.version.author) == ("first", "me")

    def test_a_complete_dataset_is_one_version(self, config, processed_df, analytical_dict):
        summary = ExportManager(config).export_complete_dataset(
            processed_data=processed_df, analytical_tables=analytical_dict, dataset_name="ecommerce_data"
        )
        assert [table.name for table in summary.tables] == ["processed_data", "by_city", "by_day"]
        assert len(summary["files"]) == 6 and summary["version"].version == 1

    def test_nothing_of_a_failed_export_is_visible(self, config, processed_df):
        exporter = DataExporter(config)
        with pytest.raises(TypeError):
            exporter.export_tables({"processed_data": processed_df, "bad": object()}, "orders")
        assert DataVersionManager(config).latest("orders") is None

    def test_settings_reach_the_files(self, config, processed_df):
        config.output_formats = ["parquet"]
        config.sha256 = True
        summary = DataExporter(config).export_table(processed_df, "orders")
        (file,) = summary.files
        assert file.sha256 == hashlib.sha256((summary.output / file.path).read_bytes()).hexdigest()


class TestVersions:
    def test_history_is_kept_newest_first(self, config, processed_df, tmp_path):
        exporter = DataExporter(config)
        for _ in range(3):
            exporter.export_table(processed_df, "orders")
        exporter.export_table(processed_df, "customers")
        versions = DataVersionManager(config)
        assert [version.version for version in versions.list("orders")] == [3, 2, 1]
        assert versions.latest("orders").version == 3
        assert len(versions.list()) == 4
        assert json.loads((tmp_path / "data/output/version_history.json").read_text())

    def test_a_version_is_read_back_as_it_was(self, config, processed_df):
        DataExporter(config).export_table(processed_df, "orders")
        for format in ("parquet", "csv"):
            back = DataVersionManager(config).read("orders@1", format=format).to_pandas()
            pd.testing.assert_frame_equal(back, processed_df)

    def test_versions_are_tagged_compared_and_rolled_back(self, config, processed_df):
        exporter = DataExporter(config)
        exporter.export_table(processed_df, "orders", tags=["gold"])
        exporter.export_table(processed_df.assign(price=[1.0, 2.0, 3.0]), "orders")
        versions = DataVersionManager(config)
        diff = versions.diff("orders@tag:gold", "orders")
        assert [column.name for column in diff.tables[0].columns] == ["price"]
        assert versions.rollback("orders@1").digest == versions.resolve("orders@tag:gold").digest
        assert versions.latest("orders").version == 3

    def test_old_versions_expire_only_when_asked(self, config, processed_df):
        exporter = DataExporter(config)
        for _ in range(3):
            exporter.export_table(processed_df, "orders")
        versions = DataVersionManager(config)
        assert len(versions.expire("orders", keep_last=1).versions) == 2
        assert versions.read("orders@1").to_arrow().num_rows == 3
        versions.expire("orders", keep_last=1, dry_run=False)
        with pytest.raises(LookupError):
            versions.read("orders@1").to_arrow()


class TestDataIntegrity:
    def test_checksums_are_md5(self, config, processed_df):
        summary = DataExporter(config).export_table(processed_df, "orders")
        for file in summary.files:
            expected = hashlib.md5((summary.output / file.path).read_bytes()).hexdigest()
            assert file.md5 == expected
            assert DataIntegrityValidator().calculate_checksum(summary.output / file.path) == expected

    def test_exported_data_is_consistent_with_the_original(self, config, processed_df):
        DataExporter(config).export_table(processed_df, "orders")
        exported = DataVersionManager(config).read("orders")
        report = DataIntegrityValidator().compare(processed_df, exported)
        assert report.passed and report.rows == 3

    def test_every_difference_is_reported(self, processed_df):
        exported = processed_df.drop(columns="size").assign(price=[19.9, 1.0, 12.5])
        report = DataIntegrityValidator().compare(processed_df, exported)
        assert not report.passed
        assert {issue.code for issue in report.issues} >= {"COLUMN_MISSING", "NULL_MASK"}
        assert "price" in report.to_text() and "price" in report.to_html()

    def test_rows_are_brought_together_by_key(self, processed_df):
        shuffled = processed_df.iloc[[2, 0, 1]].reset_index(drop=True)
        validator = DataIntegrityValidator()
        assert validator.compare(processed_df, shuffled, keys=["order_id"]).passed
        assert validator.compare(processed_df, shuffled, multiset=True).passed
        assert not validator.compare(processed_df, shuffled).passed

    def test_a_sample_of_large_data_is_never_a_full_pass(self):
        frame = pd.DataFrame({"n": range(10_000)})
        report = DataIntegrityValidator().compare(frame, frame, sample_rows=100, seed=1)
        assert report.verdict == "pass_sampled" and report.sample.rows >= 100

    def test_damage_on_disk_is_found(self, config, processed_df):
        summary = DataExporter(config).export_table(processed_df, "orders")
        file = summary.output / summary.files[0].path
        file.write_bytes(file.read_bytes().replace(b"12.5", b"13.5"))
        report = DataVersionManager(config).verify("orders")
        assert not report.passed
        assert {issue.code for issue in report.issues} >= {"CHECKSUM_MISMATCH"}


class TestDataCache:
    def test_a_result_is_found_under_its_parameters_in_any_order(self, config, processed_df):
        cache = DataCache(config)
        cache.put(processed_df, "pipeline", "cleaning", {"a": 1, "b": [2.5, None]})
        pd.testing.assert_frame_equal(cache.get("pipeline", "cleaning", {"b": [2.5, None], "a": 1}), processed_df)

    def test_other_parameters_are_other_keys(self, config, processed_df):
        cache = DataCache(config)
        cache.put(processed_df, "pipeline", "cleaning", {"a": 1})
        for other in ({"a": 2}, {"a": 1.0}, {"a": "1"}, {"a": True}, {}):
            assert cache.get("pipeline", "cleaning", other) is None
        assert cache.explain("pipeline", "cleaning", {"a": 2}).miss == "parameter"

    def test_results_expire(self, config, processed_df):
        cache = DataCache(config)
        cache.put(processed_df, "pipeline", "cleaning", ttl=1e-6)
        assert cache.get("pipeline", "cleaning") is None
        assert cache.explain("pipeline", "cleaning").miss == "expired"

    def test_the_limit_is_never_exceeded(self, config):
        config.max_cache_size_gb = 0.001
        cache = DataCache(config)
        for number in range(40):
            cache.put(pd.DataFrame({"n": [str(number * i) for i in range(20_000)]}), "pipeline", "step", {"n": number})
        statistics = cache.statistics()
        assert statistics.evictions > 0 and statistics.bytes <= 1_000_000

    def test_damage_is_a_miss_with_a_reason(self, config, processed_df):
        cache = DataCache(config)
        cache.put(processed_df, "pipeline", "cleaning")
        for file in cache.folder.glob("*.parquet"):
            file.write_bytes(file.read_bytes()[:-20])
        assert cache.get("pipeline", "cleaning") is None
        assert cache.explain("pipeline", "cleaning").miss == "corrupt"

    def test_hits_and_misses_are_counted(self, config, processed_df):
        cache = DataCache(config)
        cache.get("pipeline", "cleaning")
        cache.put(processed_df, "pipeline", "cleaning")
        cache.get("pipeline", "cleaning")
        statistics = cache.statistics()
        assert (statistics.hits, sum(statistics.misses.values()), statistics.puts) == (1, 1, 1)


class TestCheckpointManager:
    def test_state_and_data_are_loaded_as_they_were(self, config, processed_df):
        manager = CheckpointManager(config)
        state = {"batch": 7, "when": datetime.datetime(2026, 1, 15, tzinfo=datetime.timezone.utc), "rates": {"a": 1.5}}
        saved = manager.create_checkpoint("etl", state, processed_df, current_step="b", completed_steps=["a"])
        loaded_state, data = manager.load_checkpoint(saved.id)
        assert loaded_state == {**state, "current_step": "b", "completed_steps": ["a"]}
        pd.testing.assert_frame_equal(data, processed_df)

    def test_the_newest_is_found_by_process(self, config):
        manager = CheckpointManager(config)
        for batch in range(3):
            manager.create_checkpoint("etl", {"batch": batch})
        manager.create_checkpoint("other", {"batch": 9})
        assert manager.load_latest("etl").state["batch"] == 2
        assert [info.sequence for info in manager.list_checkpoints("etl")] == [3, 2, 1]
        assert manager.load_latest("never") is None

    def test_a_damaged_one_is_stepped_over_and_told(self, config, processed_df, tmp_path):
        manager = CheckpointManager(config)
        first = manager.create_checkpoint("etl", {"batch": 1}, processed_df)
        second = manager.create_checkpoint("etl", {"batch": 2}, processed_df.head(1))
        state = tmp_path / "data/temp/checkpoints" / second.id / "state.json"
        state.write_bytes(state.read_bytes().replace(b"2", b"3"))
        latest = manager.load_latest("etl")
        assert latest.info.id == first.id
        assert [skipped.checkpoint.id for skipped in latest.report.skipped] == [second.id]

    def test_old_ones_are_cleaned_up(self, config):
        manager = CheckpointManager(config)
        manager.set_policy(keep_last=2)
        for batch in range(5):
            manager.create_checkpoint("etl", {"batch": batch})
        assert len(manager.list_checkpoints("etl")) == 2

    def test_state_without_an_encoding_is_refused_at_the_call(self, config):
        with pytest.raises(TypeError, match="'object' at worker.handle"):
            CheckpointManager(config).create_checkpoint("etl", {"worker": {"handle": object()}})

    def test_a_save_in_the_background_is_of_the_moment_it_was_asked_for(self, config):
        frame = pd.DataFrame({"n": [1.0, 2.0]})
        manager = CheckpointManager(config)
        saving = manager.create_checkpoint_async("etl", {}, frame)
        frame.loc[:, "n"] = 0.0
        assert manager.load_checkpoint(saving.result().id).data["n"].tolist() == [1.0, 2.0]


class TestDataLineageTracker:
    def test_datasets_and_transformations_are_recorded(self, config):
        tracker = DataLineageTracker(config)
        tracker.register_dataset("raw", {"source": "db", "records": 10})
        tracker.track_transformation("t1", ["raw"], ["clean"], "cleaning", {"threshold": 3.0})
        assert tracker.find("raw").metadata == {"source": "db", "records": 10}
        run = tracker.find_run("t1")
        assert (run.state, run.parameters) == ("COMPLETE", {"threshold": 3.0})
        assert ([node.dataset for node in run.inputs], [node.dataset for node in run.outputs]) == (["raw"], ["clean"])

    def test_relationships_are_followed_both_ways(self, config):
        tracker = DataLineageTracker(config)
        tracker.track_transformation("t1", ["raw"], ["clean"], "cleaning")
        tracker.track_transformation("t2", ["clean", "rates"], ["report"], "joining")
        assert {node.dataset for node in tracker.upstream("report").nodes} == {"report", "clean", "rates", "raw"}
        assert {node.dataset for node in tracker.downstream("raw", depth=1).nodes} == {"raw", "clean"}
        assert tracker.impact("raw") == {"clean": 1, "report": 1}

    def test_the_report_of_a_graph_names_its_nodes(self, config):
        tracker = DataLineageTracker(config)
        tracker.track_transformation("t1", ["raw"], ["clean"], "cleaning")
        graph = tracker.upstream("clean")
        for report in (graph.to_text(), graph.to_json(), graph.to_mermaid(), graph.to_dot(), graph.to_html()):
            assert "raw" in report and "clean" in report

    def test_lineage_lies_in_a_json_file_beside_the_data(self, config, tmp_path):
        DataLineageTracker(config).track_transformation("t1", ["raw"], ["clean"], "cleaning")
        PersistenceManager(config).status()
        assert "clean" in (tmp_path / "data/output/data_lineage.json").read_text()


class TestIntegration:
    def test_a_whole_pipeline(self, config, processed_df, analytical_dict):
        persistence = PersistenceManager(config)
        key = persistence.cache_intermediate_result(
            data=processed_df, process_name="etl", step_name="cleaning", parameters={"threshold": 3.0}
        )
        cached = persistence.get_cached_result(
            process_name="etl", step_name="cleaning", parameters={"threshold": 3.0}
        )
        pd.testing.assert_frame_equal(cached, processed_df)
        assert isinstance(key, str)

        checkpoint_id = persistence.create_process_checkpoint(
            process_name="etl",
            current_step="export",
            completed_steps=["ingestion", "cleaning"],
            data=cached,
            additional_state={"cache_key": key},
        )
        state, data = persistence.checkpoint_manager.load_checkpoint(checkpoint_id)
        assert state["cache_key"] == key

        summary = ExportManager(config).export_complete_dataset(
            processed_data=data, analytical_tables=analytical_dict, dataset_name="shop"
        )
        persistence.lineage_tracker.track_transformation("export_001", ["raw"], ["shop"], "export", {"key": key})
        assert DataIntegrityValidator().compare(processed_df, DataVersionManager(config).read("shop")).passed
        assert summary.version.rows == 5
        assert persistence.status().verdict == "ok"

    def test_another_process_goes_on_where_this_one_stopped(self, config, processed_df):
        first = PersistenceManager(config)
        first.create_process_checkpoint("etl", "cleaning", ["ingestion"], processed_df)
        first.checkpoint_manager.close()
        resumed = PersistenceManager(config).resume_process("etl")
        assert resumed.completed_steps == ["ingestion"]
        pd.testing.assert_frame_equal(resumed.data, processed_df)
