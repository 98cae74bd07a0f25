#pragma once

#include <arrow/table.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cairn/checkpoint_manager.h"
#include "data/arrow_error.h"
#include "store/store.h"
#include "support/arrow_samples.h"
#include "support/fixed_environment.h"
#include "support/temporary_folder.h"

namespace cairn::testing {

/// A store in a folder of its own, at a time that stands still, and a manager of its checkpoints.
class CheckpointStore : public ::testing::Test {
 protected:
  using Tables = std::map<std::string, std::shared_ptr<arrow::Table>>;

  CheckpointManager& manager() {
    if (!manager_) manager_ = std::make_unique<CheckpointManager>(open());
    return *manager_;
  }

  /// What a crash of the process leaves of a manager: nothing, and its lock free.
  void reopen() { manager_.reset(); }

  std::shared_ptr<store::Store> open() const {
    PipelineConfig config;
    config.output_data_path = folder_ / "out";
    config.temp_data_path = folder_ / "temp";
    config.threads = 2;
    return store::Store::open(config, store::Store::Mode::create, environment_);
  }

  static std::shared_ptr<arrow::Table> orders(int64_t rows, uint32_t seed = 1) {
    return value_or_throw(arrow::Table::FromRecordBatches({sample_batch(rows, seed)}),
                          "make a sample");
  }

  static CheckpointContent content_of(const Tables& tables, const std::string& step = "clean") {
    CheckpointContent content;
    content.current_step = step;
    content.completed_steps = {"read"};
    content.state = {{"step", step}};
    content.tables = tables;
    return content;
  }

  static void expect_equal(const CheckpointContent& actual, const CheckpointContent& expected) {
    EXPECT_EQ(actual.current_step, expected.current_step);
    EXPECT_EQ(actual.completed_steps, expected.completed_steps);
    EXPECT_EQ(Value(actual.state), Value(expected.state));
    ASSERT_EQ(actual.tables.size(), expected.tables.size());
    for (const auto& [name, table] : expected.tables) {
      const auto& found = actual.tables.at(name);
      EXPECT_TRUE(found->schema()->Equals(*table->schema(), /*check_metadata=*/true)) << name;
      EXPECT_TRUE(found->Equals(*table)) << name;
    }
  }

  static std::vector<std::string> ids(const std::vector<CheckpointInfo>& checkpoints) {
    std::vector<std::string> ids;
    for (const CheckpointInfo& each : checkpoints) ids.push_back(each.id);
    return ids;
  }

  std::filesystem::path checkpoints() const { return folder_ / "temp" / "checkpoints"; }

  /// The files of a checkpoint, or of all, by path and in order.
  std::vector<std::string> files_of(const std::string& id) const {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(checkpoints() / id))
      if (entry.is_regular_file())
        files.push_back(entry.path().lexically_relative(checkpoints() / id));
    std::sort(files.begin(), files.end());
    return files;
  }

  const std::shared_ptr<FixedClock> clock_ =
      std::make_shared<FixedClock>(*parse_rfc3339("2026-01-15T09:30:12.417Z"));
  const Environment environment_{clock_, std::make_shared<SeededRandom>(1)};
  const TemporaryFolder folder_;
  std::unique_ptr<CheckpointManager> manager_;
};

}  // namespace cairn::testing
