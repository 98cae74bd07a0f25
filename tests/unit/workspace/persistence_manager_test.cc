#include "cairn/persistence_manager.h"

#include <arrow/table.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "cairn/workspace.h"
#include "support/errors.h"
#include "support/tables.h"
#include "support/temporary_folder.h"

namespace cairn {
namespace {

using testing::make_orders;
using testing::read_in_pieces;

class PersistenceManagerTest : public ::testing::Test {
 protected:
  PersistenceManagerTest() {
    config_.output_data_path = folder_ / "output";
    config_.temp_data_path = folder_ / "temp";
    config_.threads = 1;
    config_.memory_budget = int64_t{64} << 20;
  }

  static std::shared_ptr<arrow::RecordBatchReader> orders(int64_t rows) {
    return read_in_pieces(make_orders(rows), 100);
  }
  static std::shared_ptr<arrow::Table> table(int64_t rows) { return *orders(rows)->ToTable(); }

  CacheIdentity cleaning(double threshold = 3.0) const {
    return {"pipeline", "cleaning", {{"threshold", threshold}}, {{"raw", "cd1:00", {}}}, "7"};
  }

  static std::vector<std::string> kinds_of(const std::vector<LineageRun>& runs) {
    std::vector<std::string> kinds;
    for (const LineageRun& run : runs) kinds.push_back(run.kind);
    return kinds;
  }
  static std::vector<std::string> datasets_of(const std::vector<LineageNode>& nodes) {
    std::vector<std::string> names;
    for (const LineageNode& node : nodes) names.push_back(node.dataset.text());
    return names;
  }

  testing::TemporaryFolder folder_;
  PipelineConfig config_;
};

TEST_F(PersistenceManagerTest, FindsWhatItKeptUnderTheSameWords) {
  PersistenceManager manager(config_);
  const Value::Map parameters{{"remove_outliers", true}, {"threshold", 3.0}};
  const std::string key =
      manager.cache_intermediate_result(orders(250), "data_pipeline", "cleaning", parameters);
  EXPECT_EQ(key.size(), 64U);
  const auto found = manager.get_cached_result("data_pipeline", "cleaning", parameters);
  ASSERT_NE(found, nullptr);
  EXPECT_TRUE(found->Equals(*table(250)));
  EXPECT_EQ(manager.get_cached_result("data_pipeline", "cleaning", {{"threshold", 3.0}}), nullptr);
}

TEST_F(PersistenceManagerTest, LoadsTheStateAndDataOfACheckpoint) {
  PersistenceManager manager(config_);
  const std::string id =
      manager.create_process_checkpoint("etl_pipeline", "transformation", {"ingestion", "cleaning"},
                                        table(50), {{"batch_id", "batch_001"}});
  const Checkpoint checkpoint = manager.checkpoint_manager().load_checkpoint(id);
  EXPECT_EQ(checkpoint.content.current_step, "transformation");
  EXPECT_EQ(checkpoint.content.completed_steps,
            (std::vector<std::string>{"ingestion", "cleaning"}));
  EXPECT_EQ(checkpoint.content.state.at("batch_id"), Value("batch_001"));
  EXPECT_TRUE(checkpoint.content.tables.at("data")->Equals(*table(50)));
}

TEST_F(PersistenceManagerTest, TellsLineageWhatCacheAndCheckpointsDid) {
  PersistenceManager manager(config_);
  manager.get_or_compute(cleaning(), [] { return orders(10); });
  manager.get_or_compute(cleaning(), [] { return orders(10); });
  manager.create_process_checkpoint("etl", "load", {}, table(5));
  ASSERT_TRUE(manager.resume_process("etl"));

  const auto runs = manager.lineage_tracker().runs();
  EXPECT_THAT(kinds_of(runs),
              ::testing::UnorderedElementsAre("cache_put", "cache_hit", "checkpoint", "resume"));
  const auto made = manager.lineage_tracker().upstream("cache:pipeline/cleaning");
  EXPECT_THAT(datasets_of(made.nodes), ::testing::ElementsAre("cache:pipeline/cleaning", "raw"));
}

TEST_F(PersistenceManagerTest, MakesAllBetweenStartAndFinishOneRun) {
  Workspace workspace = Workspace::open(config_, true);
  PersistenceManager& manager = workspace.persistence();
  manager.cache().put(cleaning(), orders(10));
  const LineageRun started = manager.start_run("nightly", {{"day", "2026-01-15"}}, "7");
  EXPECT_EQ(manager.current_run(), started.id);
  manager.get(cleaning());
  ExportNote note;
  note.run = manager.current_run();
  workspace.exports().exporter().export_table(orders(20), "orders", note);
  manager.create_process_checkpoint("etl", "load", {}, table(5));
  manager.finish_run();

  const LineageRun run = manager.lineage_tracker().find_run(started.id);
  EXPECT_EQ(run.state, RunState::COMPLETE);
  EXPECT_THAT(datasets_of(run.inputs), ::testing::ElementsAre("cache:pipeline/cleaning"));
  EXPECT_THAT(datasets_of(run.outputs),
              ::testing::UnorderedElementsAre("orders", "checkpoint:etl"));
  EXPECT_EQ(manager.current_run(), std::nullopt);
}

TEST_F(PersistenceManagerTest, RefusesASecondRunWhileOneIsOn) {
  PersistenceManager manager(config_);
  manager.start_run("nightly");
  EXPECT_EQ(testing::error_kind_of([&] { manager.start_run("weekly"); }), ErrorKind::conflict);
  manager.finish_run("the disk was full");
  EXPECT_EQ(manager.lineage_tracker().runs().front().state, RunState::FAIL);
  EXPECT_EQ(testing::error_kind_of([&] { manager.finish_run(); }), ErrorKind::conflict);
}

TEST_F(PersistenceManagerTest, RecordsHitsThatWaitWhenItIsClosed) {
  {
    PersistenceManager manager(config_);
    manager.put(cleaning(), orders(10));
    for (int i = 0; i < 3; ++i) manager.get(cleaning());
  }
  EXPECT_EQ(PersistenceManager(config_).lineage_tracker().runs().size(), 4U);
}

TEST_F(PersistenceManagerTest, GoesOnWhereLineageCannotBeRecordedAndSaysSo) {
  PersistenceManager manager(config_);
  CacheIdentity identity = cleaning();
  identity.inputs.front().name = ":";  // no name of a dataset
  EXPECT_TRUE(manager.put(identity, orders(10)).hit());
  const StoreStatus status = manager.status();
  EXPECT_EQ(status.verdict(), "degraded");
  EXPECT_EQ(status.findings.back().what, "lineage");
}

TEST_F(PersistenceManagerTest, CountsWhatAllThreeHold) {
  PersistenceManager manager(config_);
  manager.put(cleaning(), orders(10));
  manager.get(cleaning());
  manager.get(cleaning(2.5));
  manager.create_process_checkpoint("etl", "load", {}, table(5));
  const StoreStatus status = manager.status();
  EXPECT_EQ(status.verdict(), "ok");
  EXPECT_EQ(status.cache.entries, 1);
  EXPECT_EQ(status.cache.hits, 1);
  EXPECT_EQ(status.checkpoints.processes, 1);
  EXPECT_GT(status.checkpoints.bytes, 0);
  EXPECT_EQ(status.lineage.runs, 3);
  EXPECT_THAT(status.to_prometheus(),
              ::testing::HasSubstr("cairn_cache_misses_total{reason=\"parameter\"} 1"));
  EXPECT_EQ(parse_json(status.to_json(), "status")["checkpoints"]["checkpoints"], 1);
}

TEST_F(PersistenceManagerTest, RemovesInOneGoWhatIsOfNoMoreUse) {
  PersistenceManager manager(config_);
  CacheEntryOptions expired;
  expired.ttl = std::chrono::microseconds(0);
  manager.put(cleaning(), orders(10), expired);
  for (int i = 0; i < 4; ++i) manager.create_process_checkpoint("etl", "load", {}, table(5));
  CheckpointPolicy policy;
  policy.keep_last = 1;

  const PersistenceRemoval planned = manager.gc(policy, true);
  EXPECT_EQ(planned.cache.entries.size(), 1U);
  EXPECT_EQ(planned.checkpoints.checkpoints.size(), 3U);
  EXPECT_EQ(manager.status().checkpoints.checkpoints, 4);
  manager.gc(policy, false);
  EXPECT_EQ(manager.status().cache.entries, 0);
  EXPECT_EQ(manager.status().checkpoints.checkpoints, 1);
}

}  // namespace
}  // namespace cairn
