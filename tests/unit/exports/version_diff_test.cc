#include "exports/version_diff.h"

#include <arrow/api.h>
#include <gmock/gmock.h>

#include "data/content_digest.h"
#include "support/sample_version.h"

namespace cairn::exports {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

constexpr int64_t kBlock = data::kBlockRows;

// A table with these columns, whose leaves are numbers of the test's choice.
catalog::TableRow table(const std::string& name, const arrow::Schema& schema, int64_t rows,
                        const std::vector<std::vector<uint64_t>>& leaves) {
  catalog::TableRow row = sample_table(schema, Json::array(), name);
  data::TableDigest digest = data::TableDigester(schema).finish();
  digest.rows = rows;
  std::string root;
  for (size_t c = 0; c < leaves.size(); ++c) {
    for (const uint64_t leaf : leaves[c]) {
      digest.columns[c].leaves.push_back({leaf, 0});
      root += std::to_string(leaf) + " ";
    }
  }
  row.rows = rows;
  row.digest = root + schema.ToString();
  row.leaves = data::pack_leaves(digest);
  return row;
}

catalog::Version of_tables(std::vector<catalog::TableRow> tables) {
  catalog::Version version;
  version.table_rows = std::move(tables);
  return version;
}

const auto kId = arrow::field("id", arrow::int64());
const auto kCity = arrow::field("city", arrow::utf8());

TEST(VersionDiff, FindsEqualTablesIdentical) {
  const auto orders = table("orders", *arrow::schema({kId}), 10, {{1}});
  const auto diff = diff_versions(of_tables({orders}), of_tables({orders}));
  EXPECT_TRUE(diff.identical());
  EXPECT_EQ(diff.tables[0].change, "identical");
}

TEST(VersionDiff, NamesTablesThatCameAndWent) {
  const auto a = table("a", *arrow::schema({kId}), 10, {{1}});
  const auto b = table("b", *arrow::schema({kId}), 20, {{1}});
  const auto diff = diff_versions(of_tables({a}), of_tables({b}));
  ASSERT_THAT(diff.tables, SizeIs(2));
  EXPECT_EQ(diff.tables[0].change, "removed");
  EXPECT_EQ(diff.tables[0].rows_before, 10);
  EXPECT_EQ(diff.tables[1].change, "added");
  EXPECT_EQ(diff.tables[1].rows_after, 20);
  EXPECT_FALSE(diff.identical());
}

TEST(VersionDiff, NamesColumnsThatCameWentAndChangedTheirType) {
  const auto before = table("t", *arrow::schema({kId, kCity}), 10, {{1}, {2}});
  const auto after = table(
      "t", *arrow::schema({arrow::field("id", arrow::int32()), arrow::field("new", arrow::utf8())}),
      10, {{1}, {2}});
  const auto diff = diff_versions(of_tables({before}), of_tables({after}));
  const auto& columns = diff.tables[0].columns;
  ASSERT_THAT(columns, SizeIs(3));
  EXPECT_EQ(columns[0].name + " " + columns[0].change, "id type");
  EXPECT_EQ(columns[0].before, "int64");
  EXPECT_EQ(columns[0].after, "int32");
  EXPECT_EQ(columns[1].name + " " + columns[1].change, "city removed");
  EXPECT_EQ(columns[2].name + " " + columns[2].change, "new added");
}

TEST(VersionDiff, NarrowsValuesToBlocksAndJoinsNeighbours) {
  const auto schema = arrow::schema({kId, kCity});
  const int64_t rows = 4 * kBlock + 100;
  const auto before = table("t", *schema, rows, {{1, 2, 3, 4, 5}, {1, 2, 3, 4, 5}});
  const auto after = table("t", *schema, rows, {{1, 0, 0, 4, 0}, {1, 2, 3, 4, 5}});
  const auto diff = diff_versions(of_tables({before}), of_tables({after}));
  ASSERT_THAT(diff.tables[0].columns, SizeIs(1));
  EXPECT_EQ(diff.tables[0].columns[0].name, "id");
  EXPECT_EQ(diff.tables[0].columns[0].change, "values");
  EXPECT_THAT(diff.tables[0].columns[0].rows,
              ElementsAre(Pair(kBlock, 3 * kBlock - 1), Pair(4 * kBlock, rows - 1)));
}

TEST(VersionDiff, CountsRowsOfOneSideOnlyAsDifferent) {
  const auto schema = arrow::schema({kId});
  const auto before = table("t", *schema, kBlock, {{1}});
  const auto after = table("t", *schema, kBlock + 7, {{1, 2}});
  const auto diff = diff_versions(of_tables({before}), of_tables({after}));
  EXPECT_THAT(diff.tables[0].columns[0].rows, ElementsAre(Pair(kBlock, kBlock + 6)));
}

}  // namespace
}  // namespace cairn::exports
