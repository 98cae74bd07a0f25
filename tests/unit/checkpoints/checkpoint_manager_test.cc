#include "cairn/checkpoint_manager.h"

#include <arrow/table.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "support/checkpoint_store.h"

namespace cairn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using CheckpointManagerTest = testing::CheckpointStore;

TEST_F(CheckpointManagerTest, GivesBackStateAndTablesAsTheyWere) {
  CheckpointContent content = content_of({{"data", orders(2000)}, {"by city", orders(10)}});
  content.state = {{"batch", "b 1"},
                   {"offset", int64_t{1} << 60},
                   {"nan", std::nan("")},
                   {"price", Decimal{"150", 2}},
                   {"bytes", Binary{std::string("\x00\xff", 2)}},
                   {"nested", Value::Map{{"list", Value::List{1, 1.0, "1", Value()}}}}};
  const CheckpointInfo info = manager().create_checkpoint("etl pipeline", content, {"", "3", "9f"});
  const Checkpoint loaded = manager().load_checkpoint(info.id);
  expect_equal(loaded.content, content);
  EXPECT_EQ(loaded.info.schema_version, "3");
  EXPECT_EQ(loaded.info.application_version, "9f");
  EXPECT_EQ(loaded.info.rows, 2010);
}

TEST_F(CheckpointManagerTest, LiesInTheFolderOfTheSpec) {
  const auto info = manager().create_checkpoint("ETL Pipeline", content_of({{"data", orders(5)}}));
  EXPECT_EQ(info.id, "etl_pipeline_20260115_093012-000001");
  EXPECT_THAT(files_of(info.id), ElementsAre("data.parquet", "metadata.json", "state.json"));
}

TEST_F(CheckpointManagerTest, ListsNewestFirst) {
  const auto first = manager().create_checkpoint("etl", content_of({}));
  const auto other = manager().create_checkpoint("other", content_of({}));
  const auto second = manager().create_checkpoint("etl", content_of({}));
  EXPECT_THAT(ids(manager().list_checkpoints()), ElementsAre(second.id, other.id, first.id));
  EXPECT_THAT(ids(manager().list_checkpoints("etl")), ElementsAre(second.id, first.id));
  EXPECT_THAT(manager().list_checkpoints("nobody"), IsEmpty());
}

TEST_F(CheckpointManagerTest, LoadsTheLatestOrNothing) {
  EXPECT_FALSE(manager().load_latest("etl"));
  manager().create_checkpoint("etl", content_of({{"data", orders(5)}}, "first"));
  const auto second =
      manager().create_checkpoint("etl", content_of({{"data", orders(7)}}, "second"));
  const auto recovery = manager().load_latest("etl");
  ASSERT_TRUE(recovery);
  EXPECT_EQ(recovery->report.chosen, second.id);
  EXPECT_THAT(recovery->report.skipped, IsEmpty());
  EXPECT_EQ(recovery->checkpoint.content.current_step, "second");
}

}  // namespace
}  // namespace cairn
