// Hits and misses give the same table, whatever its types.

#include <gtest/gtest.h>

#include "cairn/data_cache.h"
#include "cairn/error.h"
#include "data/content_digest.h"
#include "support/cache_folder.h"
#include "support/random_tables.h"

namespace cairn {
namespace {

using testing::CacheFolder;
using testing::identity_of;
using testing::orders_reader;
using testing::orders_table;

class FormsTest : public ::testing::TestWithParam<CacheForm> {
 protected:
  CacheEntryOptions entry() const {
    CacheEntryOptions options;
    options.form = GetParam();
    return options;
  }

  CacheFolder folder_;
};

TEST_P(FormsTest, GiveBackRandomTables) {
  DataCache cache = folder_.open();
  for (int seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    const auto table = testing::random_table(static_cast<uint64_t>(seed));
    const auto identity = identity_of("random", {{"seed", seed}});
    const CacheResult miss = cache.get_or_compute(
        identity, [&] { return table.read(); }, entry());
    ASSERT_NE(miss.table, nullptr);
    if (miss.miss == MissReason::not_admitted) continue;  // a type that has no form
    ASSERT_EQ(miss.miss, seed == 0 ? MissReason::never_stored : MissReason::parameter)
        << miss.explanation;
    const CacheResult hit = cache.get(identity);
    ASSERT_TRUE(hit.hit()) << hit.explanation;
    EXPECT_EQ(hit.mapped, GetParam() == CacheForm::arrow);
    EXPECT_TRUE(hit.table->schema()->Equals(*table.schema, true))
        << hit.table->schema()->ToString();
    EXPECT_TRUE(hit.table->schema()->Equals(*miss.table->schema(), true));
    EXPECT_EQ(hit.digest, data::digest_all(*table.read()).root);
    arrow::TableBatchReader of_hit(*hit.table);
    arrow::TableBatchReader of_miss(*miss.table);
    EXPECT_EQ(data::digest_all(of_hit).root, hit.digest);
    EXPECT_EQ(data::digest_all(of_miss).root, hit.digest);
  }
}

TEST_P(FormsTest, ReadColumnsByName) {
  DataCache cache = folder_.open();
  cache.put(identity_of("clean"), orders_reader(3000), entry());
  const auto got = cache.get(identity_of("clean"), {"name", "id", "name"});
  ASSERT_TRUE(got.hit());
  EXPECT_TRUE(got.table->Equals(*orders_table(3000)->SelectColumns({2, 0, 2}).ValueOrDie(), true));
}

TEST_P(FormsTest, OutliveTheirFile) {
  std::shared_ptr<arrow::Table> table;
  {
    DataCache cache = folder_.open();
    cache.put(identity_of("clean"), orders_reader(3000), entry());
    table = cache.get(identity_of("clean")).table;
    cache.clear();
    EXPECT_TRUE(folder_.entries().empty());
  }
  EXPECT_TRUE(table->Equals(*orders_table(3000)));
}

INSTANTIATE_TEST_SUITE_P(Forms, FormsTest, ::testing::Values(CacheForm::parquet, CacheForm::arrow),
                         [](const auto& form) { return std::string(to_string(form.param)); });

}  // namespace
}  // namespace cairn
