// What one checkpoint shares with the next.

#include <arrow/compute/api.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/arrow_error.h"
#include "io/file.h"
#include "support/checkpoint_store.h"
#include "support/stored_files.h"

namespace cairn {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SharingTest : public testing::CheckpointStore {
 protected:
  CheckpointInfo save(const std::shared_ptr<arrow::Table>& table) {
    const CheckpointContent content = content_of({{"data", table}});
    const CheckpointInfo info = manager().create_checkpoint("etl", content);
    expect_equal(manager().load_checkpoint(info.id).content, content);
    return info;
  }

  /// What a checkpoint of a table takes that shares nothing.
  int64_t bytes_alone(const std::shared_ptr<arrow::Table>& table) {
    manager().create_checkpoint("alone", content_of({}));
    return manager().create_checkpoint("alone", content_of({{"data", table}})).bytes;
  }

  /// The table with one column taken from another one of as many rows.
  static std::shared_ptr<arrow::Table> with(const std::shared_ptr<arrow::Table>& table, int column,
                                            const std::shared_ptr<arrow::Table>& other) {
    return value_or_throw(
        table->SetColumn(column, table->schema()->field(column), other->column(column)),
        "change a column");
  }

  io::FileStatus status_of(const CheckpointInfo& info, const std::string& file) const {
    return io::status_of_file(checkpoints() / info.id / file);
  }
};

TEST_F(SharingTest, AnUnchangedTableIsLinked) {
  const auto table = orders(3000);
  const auto first = save(table);
  const auto second = save(table);
  EXPECT_EQ(status_of(first, "data.parquet").identity, status_of(second, "data.parquet").identity);
  EXPECT_LT(second.new_bytes, second.bytes - status_of(first, "data.parquet").bytes + 1);
}

TEST_F(SharingTest, EqualContentsInOtherChunksAreLinkedToo) {
  const auto table = orders(3000);
  save(table);
  const auto chunked = value_or_throw(
      arrow::ConcatenateTables({table->Slice(0, 700), table->Slice(700)}), "cut a table");
  const auto second = save(chunked);
  EXPECT_EQ(status_of(second, "data.parquet").names, 2);
}

TEST_F(SharingTest, AfterARestartToo) {
  const auto table = orders(300);
  save(table);
  reopen();
  EXPECT_EQ(status_of(save(table), "data.parquet").names, 2);
}

TEST_F(SharingTest, OneChangedColumnIsWrittenAlone) {
  const auto table = orders(3000);
  const auto other = orders(3000, 2);
  const auto first = save(table);
  const auto second = save(with(table, 1, other));
  // The file with the stale column must not look like the table.
  EXPECT_THAT(files_of(second.id),
              ElementsAre("data/data.000001.parquet", "data/data.000002.parquet", "metadata.json",
                          "state.json"));
  EXPECT_EQ(status_of(second, "data/data.000001.parquet").identity,
            status_of(first, "data.parquet").identity);
  const auto third = save(with(with(table, 1, orders(3000, 3)), 4, other));
  EXPECT_THAT(files_of(third.id),
              ElementsAre("data/data.000001.parquet", "data/data.000003.parquet", "metadata.json",
                          "state.json"));
  // Back to how it was: all of it is in one file again.
  EXPECT_THAT(files_of(save(table).id), ElementsAre("data.parquet", "metadata.json", "state.json"));
}

TEST_F(SharingTest, AFileThatIsMostlyStaleIsGivenUp) {
  auto table = orders(3000);
  const auto other = orders(3000, 2);
  save(table);
  for (int column = 1; column < table->num_columns(); ++column) {
    table = with(table, column, other);
    const CheckpointInfo last = save(table);
    // And some for what each file says of itself.
    EXPECT_LT(last.bytes, 2 * bytes_alone(table) + 20000) << column;
  }
}

TEST_F(SharingTest, ColumnsMayBeAddedRemovedAndReordered) {
  const auto table = orders(500);
  save(table);
  const auto fewer = value_or_throw(table->SelectColumns({5, 4, 3, 2, 1}), "select");
  EXPECT_LT(save(fewer).new_bytes, 10000);
  const auto more =
      value_or_throw(table->AddColumn(2, arrow::field("again", table->schema()->field(0)->type()),
                                      table->column(0)),
                     "add a column");
  save(more);
  save(orders(501));
}

TEST_F(SharingTest, AnotherTypeOfEqualValuesIsWrittenAnew) {
  const auto table = orders(500);
  const int city = table->schema()->GetFieldIndex("city");
  save(table);
  const auto encoded =
      value_or_throw(arrow::compute::DictionaryEncode(table->column(city)), "encode");
  const auto field = table->schema()->field(city)->WithType(encoded.type());
  save(value_or_throw(table->SetColumn(city, field, encoded.chunked_array()), "set a column"));
}

TEST_F(SharingTest, TablesOfSeveralRowGroupsAreReadInOrder) {
  const auto table = orders(300'000);
  save(table);
  save(with(table, 0,
            value_or_throw(arrow::ConcatenateTables({table->Slice(1), table->Slice(0, 1)}),
                           "turn a table")));
}

TEST_F(SharingTest, TablesWithoutRowsOrColumnsAreKept) {
  save(orders(0));
  save(orders(0));
  save(arrow::Table::Make(arrow::schema({}), arrow::ArrayVector{}, 7));
}

TEST_F(SharingTest, NamesThatLookAlikeInPathsStayApart) {
  const CheckpointContent content = content_of(
      {{"Data", orders(1)}, {"a b", orders(2)}, {"a_b", orders(3)}, {"data", orders(4)}});
  const auto info = manager().create_checkpoint("etl", content);
  expect_equal(manager().load_checkpoint(info.id).content, content);
}

TEST_F(SharingTest, RemovingTheFirstLeavesTheOthersWhole) {
  const auto table = orders(3000);
  const auto first = save(table);
  const auto second = save(with(table, 2, orders(3000, 2)));
  manager().remove(first.id);
  manager().load_checkpoint(second.id);
}

TEST_F(SharingTest, ADamagedFileIsNotPassedOn) {
  const auto table = orders(3000);
  const auto first = save(table);
  const auto path = checkpoints() / first.id / "data.parquet";
  std::string bytes = testing::read_bytes(path);
  bytes[1000] = static_cast<char>(bytes[1000] ^ 1);
  testing::write_bytes(path, bytes);
  // Long enough after it was written for the file to be looked at again.
  clock_->advance(std::chrono::hours(1));
  const auto second = save(table);
  EXPECT_EQ(status_of(second, "data.parquet").names, 1);
  reopen();
  testing::write_bytes(checkpoints() / second.id / "data.parquet", bytes);
  save(table);
}

TEST_F(SharingTest, WhatIsGoneIsWrittenAnew) {
  const auto table = orders(300);
  fs::remove_all(checkpoints() / save(table).id);
  EXPECT_EQ(status_of(save(table), "data.parquet").names, 1);
}

}  // namespace
}  // namespace cairn
