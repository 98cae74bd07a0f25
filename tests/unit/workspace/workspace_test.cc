#include "cairn/workspace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/json.h"
#include "support/errors.h"
#include "support/tables.h"
#include "support/temporary_folder.h"

namespace cairn {
namespace {

using cairn::testing::error_kind_of;
using cairn::testing::error_of;
using ::testing::HasSubstr;
using testing::make_orders;
using testing::read_in_pieces;

class WorkspaceTest : public ::testing::Test {
 protected:
  WorkspaceTest() {
    config_.output_data_path = folder_ / "output";
    config_.temp_data_path = folder_ / "temp";
    config_.threads = 1;
    config_.memory_budget = int64_t{64} << 20;
  }

  ExportSummary publish(Workspace& workspace, int64_t rows) {
    return workspace.exports().export_complete_dataset(read_in_pieces(make_orders(rows), 100), {},
                                                       "orders");
  }

  static const Finding& find(const std::vector<Finding>& findings, const std::string& what) {
    for (const Finding& finding : findings) {
      if (finding.what == what) return finding;
    }
    throw std::runtime_error("nothing was said about " + what);
  }

  void spoil(const std::string& relative) {
    std::ofstream(config_.output_data_path / relative, std::ios::binary | std::ios::app) << "x";
  }

  testing::TemporaryFolder folder_;
  PipelineConfig config_;
};

TEST_F(WorkspaceTest, MakesAStoreOnlyWhenToldTo) {
  EXPECT_EQ(error_kind_of([&] { Workspace::open(config_, false); }), ErrorKind::not_found);
  EXPECT_FALSE(std::filesystem::exists(config_.output_data_path));
  Workspace::open(config_, true);
  EXPECT_EQ(Workspace::open(config_, false).status().versions, 0);
}

TEST_F(WorkspaceTest, CountsFilesThatVersionsShareOnce) {
  Workspace workspace = Workspace::open(config_, true);
  const auto first = publish(workspace, 300);
  publish(workspace, 200);
  const int64_t before = workspace.status().bytes;
  workspace.versions().rollback(first.version);
  const StoreStatus status = workspace.status();
  EXPECT_EQ(status.datasets, 1);
  EXPECT_EQ(status.versions, 3);
  EXPECT_EQ(status.bytes, before);
  EXPECT_GT(status.free_disk_bytes, 0);
}

TEST_F(WorkspaceTest, DoesNotCountExpiredVersions) {
  Workspace workspace = Workspace::open(config_, true);
  publish(workspace, 300);
  const auto second = publish(workspace, 200);
  Retention newest_only;
  newest_only.keep_last = 1;
  workspace.versions().expire("orders", newest_only, /*dry_run=*/false);
  EXPECT_EQ(workspace.status().versions, 1);
  EXPECT_EQ(workspace.status().bytes, second.version.bytes);
}

TEST_F(WorkspaceTest, PlansAnExportWithoutMakingAStore) {
  const ExportPlan plan = Workspace::plan_export(config_, {"processed_data", "by_day"}, "orders");
  EXPECT_EQ(plan.next_version, 1);
  EXPECT_EQ(plan.files.size(), 4U);
  EXPECT_EQ(plan.memory_budget, config_.memory_budget);
  EXPECT_GT(plan.free_disk_bytes, 0);
  EXPECT_FALSE(std::filesystem::exists(config_.output_data_path));
}

TEST_F(WorkspaceTest, PlansTheNextVersionOfAStoreThatExists) {
  Workspace workspace = Workspace::open(config_, true);
  publish(workspace, 10);
  EXPECT_EQ(Workspace::plan_export(config_, {"processed_data"}, "orders").next_version, 2);
}

TEST_F(WorkspaceTest, FindsNothingWrongWithAHealthyStore) {
  Workspace workspace = Workspace::open(config_, true);
  publish(workspace, 300);
  const HealthReport health = workspace.doctor(VerifyLevel::content);
  for (const Finding& finding : health.findings) {
    if (finding.what == "free disk" || finding.what == "file system") continue;  // the machine's
    EXPECT_EQ(finding.state, Finding::State::ok) << finding.what << ": " << finding.detail;
  }
}

TEST_F(WorkspaceTest, NamesTheVersionWhoseFilesAreDamaged) {
  Workspace workspace = Workspace::open(config_, true);
  const auto first = publish(workspace, 300);
  publish(workspace, 200);
  spoil(first.files.front().path);
  const HealthReport health = workspace.doctor(VerifyLevel::size);
  EXPECT_EQ(health.verdict(), Finding::State::fail);
  const Finding& damaged = find(health.findings, "files of orders@1");
  EXPECT_THAT(damaged.detail, HasSubstr("SIZE_MISMATCH"));
  EXPECT_THAT(damaged.next_step, HasSubstr("cairn verify orders@1"));
  EXPECT_THAT(find(health.findings, "files").detail, HasSubstr("2 are as recorded"));
}

TEST_F(WorkspaceTest, WritesAMirrorThatIsGoneAgainAndSaysSo) {
  Workspace workspace = Workspace::open(config_, true);
  const auto manifest = publish(workspace, 10).manifest;
  std::filesystem::remove(manifest);
  const HealthReport health = workspace.doctor(VerifyLevel::size);
  EXPECT_EQ(find(health.findings, "mirrors").state, Finding::State::warn);
  EXPECT_THAT(find(health.findings, "mirrors").detail, HasSubstr("orders_v000001.json"));
  EXPECT_TRUE(std::filesystem::exists(manifest));
  EXPECT_EQ(find(workspace.doctor(VerifyLevel::size).findings, "mirrors").state,
            Finding::State::ok);
}

TEST_F(WorkspaceTest, ExaminesAStoreThatDoesNotOpen) {
  { Workspace::open(config_, true); }
  for (const char* file : {"catalog.sqlite", "catalog.sqlite-wal", "catalog.sqlite-shm"}) {
    std::filesystem::remove(config_.output_data_path / file);
  }
  std::ofstream(config_.output_data_path / "catalog.sqlite") << std::string(5000, 'n');
  const HealthReport health = Workspace::examine(config_, VerifyLevel::size);
  EXPECT_EQ(health.verdict(), Finding::State::fail);
  EXPECT_EQ(health.findings.front().what, "store");
}

TEST_F(WorkspaceTest, ExaminesNothingWhereThereIsNoStore) {
  const auto error = error_of([&] { Workspace::examine(config_, VerifyLevel::size); });
  EXPECT_EQ(error->kind(), ErrorKind::not_found);
}

TEST(StoreStatus, IsAsBadAsTheWorstFinding) {
  StoreStatus status;
  EXPECT_EQ(status.verdict(), "ok");
  status.findings.push_back({"a", Finding::State::warn, "", ""});
  status.findings.push_back({"b", Finding::State::ok, "", ""});
  EXPECT_EQ(status.verdict(), "degraded");
  status.findings.push_back({"c", Finding::State::fail, "", ""});
  EXPECT_EQ(status.verdict(), "failing");
}

TEST(StoreStatus, SaysTheSameInJsonAndPrometheus) {
  StoreStatus status;
  status.versions = 7;
  status.findings.push_back({"disk", Finding::State::warn, "little", "free some"});
  const Json json = parse_json(status.to_json(), "status");
  EXPECT_EQ(json["versions"], 7);
  EXPECT_EQ(json["verdict"], "degraded");
  EXPECT_EQ(json["findings"][0]["next_step"], "free some");
  EXPECT_THAT(status.to_prometheus(), HasSubstr("\ncairn_versions 7\n"));
  EXPECT_THAT(status.to_prometheus(), HasSubstr("\ncairn_health 1\n"));
}

TEST(Libraries, HaveVersions) {
  for (const Library& library : libraries()) {
    EXPECT_NE(library.version.find('.'), std::string::npos) << library.name;
  }
}

}  // namespace
}  // namespace cairn
