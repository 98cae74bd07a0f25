// What loading makes of damage, of gaps, of state from other times, and of what was published since.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/checkpoint_rows.h"
#include "support/checkpoint_store.h"
#include "support/errors.h"
#include "support/stored_files.h"

namespace cairn {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using testing::error_kind_of;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::read_bytes;
using testing::write_bytes;

class RecoveryTest : public testing::CheckpointStore {
 protected:
  /// Three checkpoints that share no data file, oldest first.
  std::vector<CheckpointInfo> save_three() {
    std::vector<CheckpointInfo> saved;
    for (uint32_t i = 1; i <= 3; ++i)
      saved.push_back(manager().create_checkpoint(
          "etl",
          content_of({{"data", orders(50, i)}, {"more", orders(5, 10 + i)}}, std::to_string(i))));
    return saved;
  }

  fs::path path_of(const CheckpointInfo& info, const std::string& file) const {
    return checkpoints() / info.id / file;
  }

  static void flip(const fs::path& path, size_t at) {
    std::string bytes = read_bytes(path);
    bytes.at(at) = static_cast<char>(bytes.at(at) ^ 1);
    write_bytes(path, bytes);
  }
};

const std::vector<std::string> kFiles{"state.json", "metadata.json", "data.parquet",
                                      "data/more.parquet"};

TEST_F(RecoveryTest, SkipsAFlippedByteInAnyFileAndSaysWhy) {
  for (const std::string& file : kFiles) {
    const auto saved = save_three();
    const auto damaged = path_of(saved[2], file);
    for (const size_t at : {size_t{0}, fs::file_size(damaged) / 2, fs::file_size(damaged) - 1}) {
      SCOPED_TRACE(file + " at " + std::to_string(at));
      flip(damaged, at);
      EXPECT_EQ(error_kind_of([&] { manager().load_checkpoint(saved[2].id); }), ErrorKind::corrupt);
      const auto recovery = manager().load_latest("etl");
      EXPECT_EQ(recovery->report.chosen, saved[1].id);
      ASSERT_EQ(recovery->report.skipped.size(), 1U);
      EXPECT_EQ(recovery->report.skipped[0].checkpoint.id, saved[2].id);
      EXPECT_THAT(recovery->report.skipped[0].reason, HasSubstr(file));
      expect_equal(recovery->checkpoint.content,
                   content_of({{"data", orders(50, 2)}, {"more", orders(5, 12)}}, "2"));
      flip(damaged, at);
    }
  }
}

TEST_F(RecoveryTest, SkipsAMissingAndATruncatedFile) {
  for (const std::string& file : kFiles) {
    const auto saved = save_three();
    fs::resize_file(path_of(saved[2], file), 10);
    fs::remove(path_of(saved[1], file));
    const auto recovery = manager().load_latest("etl");
    EXPECT_EQ(recovery->report.chosen, saved[0].id);
    ASSERT_EQ(recovery->report.skipped.size(), 2U);
    EXPECT_THAT(recovery->report.skipped[1].reason, HasSubstr("'" + file + "' is missing"));
  }
}

TEST_F(RecoveryTest, RefusesWhenNoneCanBeUsed) {
  for (const CheckpointInfo& info : save_three()) fs::remove(path_of(info, "state.json"));
  const Error error = *error_of([&] { manager().load_latest("etl"); });
  EXPECT_EQ(error.kind(), ErrorKind::corrupt);
  EXPECT_THAT(error.what(), HasSubstr("'state.json' is missing"));
}

TEST_F(RecoveryTest, GoesThreeStepsBackAndNoFurther) {
  CheckpointPolicy policy;
  policy.keep_last = 9;
  manager().set_policy(policy);
  std::vector<CheckpointInfo> saved;
  for (int i = 0; i < 5; ++i) saved.push_back(manager().create_checkpoint("etl", content_of({})));
  for (int i = 4; i > 1; --i) fs::remove(path_of(saved[static_cast<size_t>(i)], "state.json"));
  EXPECT_EQ(manager().load_latest("etl")->report.chosen, saved[1].id);
  fs::remove(path_of(saved[1], "state.json"));
  const Error error = *error_of([&] { manager().load_latest("etl"); });
  EXPECT_THAT(error.next_step(), HasSubstr("load an older one"));
}

TEST_F(RecoveryTest, SetsDamagedOnesAsideSoThatOlderOnesAreFound) {
  const auto saved = save_three();
  fs::remove(path_of(saved[2], "state.json"));
  const CheckpointRemoval planned = manager().cleanup("etl", {}, /*dry_run=*/true);
  ASSERT_EQ(planned.set_aside.size(), 1U);
  EXPECT_TRUE(fs::exists(checkpoints() / saved[2].id));
  manager().cleanup("etl", {}, /*dry_run=*/false);
  EXPECT_FALSE(fs::exists(checkpoints() / saved[2].id));
  EXPECT_TRUE(fs::exists(checkpoints() / (".corrupt-" + saved[2].id)));
  EXPECT_THAT(manager().load_latest("etl")->report.skipped, IsEmpty());
  EXPECT_TRUE(manager().list_checkpoints("etl").front().set_aside);
  manager().remove(saved[2].id);
  EXPECT_FALSE(fs::exists(checkpoints() / (".corrupt-" + saved[2].id)));
}

TEST_F(RecoveryTest, NeverTakesWhatWasSetAsideForNothingSaved) {
  const auto saved = save_three();
  const auto rows = open();
  for (const CheckpointInfo& info : saved) rows->catalog().checkpoints().set_aside(info.id);
  EXPECT_EQ(error_kind_of([&] { manager().load_latest("etl"); }), ErrorKind::corrupt);
  for (const CheckpointInfo& info : saved) manager().remove(info.id);
  EXPECT_FALSE(manager().load_latest("etl"));
}

TEST_F(RecoveryTest, BringsStateToTheSchemaVersionInUse) {
  CheckpointContent content = content_of({});
  content.state = {{"n", 1}};
  manager().create_checkpoint("etl", content, {"", "1", ""});
  const auto add = [](int64_t by) {
    return [by](Value::Map state) {
      state["n"] = std::get<int64_t>(state["n"].get()) + by;
      return state;
    };
  };
  manager().set_schema_version("3");
  const Error error = *error_of([&] { manager().load_latest("etl"); });
  EXPECT_THAT(error.what(), HasSubstr("'1'"));
  EXPECT_THAT(error.what(), HasSubstr("'3'"));
  manager().add_migration("2", "3", add(10));
  manager().add_migration("1", "2", add(100));
  EXPECT_EQ(manager().load_latest("etl")->checkpoint.content.state.at("n"), Value(111));
  // What is saved from now on is of the version in use.
  EXPECT_EQ(manager().create_checkpoint("etl", content).schema_version, "3");
}

TEST_F(RecoveryTest, GoesBackToStateThatItCanMigrate) {
  const auto old = manager().create_checkpoint("etl", content_of({}), {"", "1", ""});
  manager().create_checkpoint("etl", content_of({}), {"", "2", ""});
  manager().set_schema_version("1");
  const auto recovery = manager().load_latest("etl");
  EXPECT_EQ(recovery->report.chosen, old.id);
  EXPECT_THAT(recovery->report.skipped[0].reason, HasSubstr("no migration"));
}

}  // namespace
}  // namespace cairn
