#include "engine/morsel_source.h"

#include <gtest/gtest.h>

#include "data/content_digest.h"
#include "support/tables.h"

namespace cairn::engine {
namespace {

using cairn::testing::make_orders;
using cairn::testing::read_in_pieces;

std::vector<Morsel> cut(int64_t rows, int64_t piece, int64_t morsel_bytes) {
  const auto reader = read_in_pieces(make_orders(rows), piece);
  MorselSource source(*reader, morsel_bytes);
  std::vector<Morsel> morsels;
  while (auto morsel = source.next()) morsels.push_back(*morsel);
  return morsels;
}

TEST(MorselSource, CutsOnlyAtStridesHoweverTheInputIsCut) {
  for (const int64_t piece : {1000, 4096, 5000, 100'000}) {
    int64_t next = 0;
    for (const Morsel& morsel : cut(30'000, piece, 1 << 20)) {
      EXPECT_EQ(morsel.first_row, next);
      EXPECT_EQ(next % data::kStrideRows, 0) << piece;
      EXPECT_LE(morsel.rows->num_rows(), data::kBlockRows);
      next += morsel.rows->num_rows();
    }
    EXPECT_EQ(next, 30'000) << piece;
  }
}

TEST(MorselSource, KeepsTheRowsInOrder) {
  const auto whole = make_orders(20'000);
  arrow::RecordBatchVector parts;
  for (const Morsel& morsel : cut(20'000, 3000, 1 << 20)) parts.push_back(morsel.rows);
  const auto joined = *arrow::Table::FromRecordBatches(parts);
  EXPECT_TRUE(joined->Equals(**arrow::Table::FromRecordBatches({whole})));
}

TEST(MorselSource, MakesSmallMorselsOfWideRows) {
  for (const Morsel& morsel : cut(40'000, 40'000, 1))
    EXPECT_LE(morsel.rows->num_rows(), data::kStrideRows);
}

TEST(MorselSource, YieldsNothingForNoRows) {
  EXPECT_TRUE(cut(0, 10, 1 << 20).empty());
}

}  // namespace
}  // namespace cairn::engine
