#include "cairn/data_cache.h"

#include <arrow/api.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "cairn/error.h"
#include "support/cache_folder.h"
#include "support/errors.h"

namespace cairn {
namespace {

using cairn::testing::error_kind_of;
using cairn::testing::error_of;
using std::chrono::hours;
using std::chrono::microseconds;
using testing::CacheFolder;
using ::testing::HasSubstr;
using testing::identity_of;
using testing::orders_reader;
using testing::orders_table;

class DataCacheTest : public ::testing::Test {
 protected:
  CacheFolder folder_;
};

TEST_F(DataCacheTest, GivesBackWhatWasPut) {
  DataCache cache = folder_.open();
  const CacheResult put = cache.put(identity_of("clean"), orders_reader(3000));
  ASSERT_TRUE(put.hit()) << put.explanation;
  const CacheResult got = cache.get(identity_of("clean"));
  ASSERT_TRUE(got.hit()) << got.explanation;
  EXPECT_TRUE(got.table->Equals(*orders_table(3000), true));
  EXPECT_TRUE(put.table->Equals(*got.table, true));
  EXPECT_EQ(got.digest, put.digest);
  EXPECT_EQ(got.key, identity_of("clean").key());
}

TEST_F(DataCacheTest, KeepsWhatAnotherCacheOfTheFolderPut) {
  folder_.open().put(identity_of("clean"), orders_reader(10));
  EXPECT_TRUE(folder_.open().get(identity_of("clean")).hit());
}

TEST_F(DataCacheTest, MakesNothingWhereOnlyIsAsked) {
  DataCache cache = folder_.open();
  const CacheResult miss = cache.get(identity_of("clean"));
  EXPECT_EQ(miss.miss, MissReason::never_stored);
  EXPECT_EQ(cache.explain(identity_of("clean")).miss, MissReason::never_stored);
  EXPECT_TRUE(cache.list().empty());
  EXPECT_TRUE(cache.gc(false).entries.empty());
  EXPECT_TRUE(cache.clear().entries.empty());
  EXPECT_EQ(cache.statistics().entries, 0);
  EXPECT_FALSE(std::filesystem::exists(folder_.options.folder));
}

TEST_F(DataCacheTest, ReadsTheColumnsAskedForInTheirOrder) {
  DataCache cache = folder_.open();
  cache.put(identity_of("clean"), orders_reader(3000));
  const CacheResult got = cache.get(identity_of("clean"), {"name", "id"});
  ASSERT_TRUE(got.hit());
  EXPECT_EQ(got.table->schema()->field_names(), (std::vector<std::string>{"name", "id"}));
  EXPECT_TRUE(got.table->Equals(*orders_table(3000)->SelectColumns({2, 0}).ValueOrDie(), true));
  const auto error = error_of([&] { cache.get(identity_of("clean"), {"nmae"}); });
  EXPECT_EQ(error->kind(), ErrorKind::invalid_argument);
  EXPECT_THAT(error->what(), HasSubstr("id, amount, name"));
}

TEST_F(DataCacheTest, ForgetsWhatIsTooOld) {
  folder_.options.ttl = hours(1);
  DataCache cache = folder_.open();
  cache.put(identity_of("clean"), orders_reader(10));
  CacheEntryOptions for_ever;
  for_ever.ttl = microseconds::max();
  cache.put(identity_of("forever"), orders_reader(10), for_ever);
  folder_.clock->advance(hours(1) - microseconds(1));
  EXPECT_TRUE(cache.get(identity_of("clean")).hit());
  folder_.clock->advance(microseconds(1));
  EXPECT_EQ(cache.get(identity_of("clean")).miss, MissReason::expired);
  EXPECT_TRUE(cache.get(identity_of("forever")).hit());
  EXPECT_TRUE(cache.put(identity_of("clean"), orders_reader(20)).hit());
  EXPECT_EQ(cache.get(identity_of("clean")).table->num_rows(), 20);
  EXPECT_EQ(cache.statistics().nondeterministic_puts, 0);
}

TEST_F(DataCacheTest, KeepsTheFirstOfTwoContentsAndCountsIt) {
  DataCache cache = folder_.open();
  cache.put(identity_of("clean"), orders_reader(10));
  EXPECT_TRUE(cache.put(identity_of("clean"), orders_reader(10)).hit());
  EXPECT_EQ(cache.statistics().nondeterministic_puts, 0);
  const CacheResult second = cache.put(identity_of("clean"), orders_reader(10, 5));
  EXPECT_EQ(cache.statistics().nondeterministic_puts, 1);
  EXPECT_TRUE(second.table->Equals(*orders_table(10)));
  EXPECT_TRUE(cache.get(identity_of("clean")).table->Equals(*orders_table(10)));
  EXPECT_EQ(folder_.entries().size(), 1u);
}

TEST_F(DataCacheTest, ComputesWhatIsMissingOnce) {
  DataCache cache = folder_.open();
  int computed = 0;
  const auto compute = [&] {
    ++computed;
    return orders_reader(100);
  };
  const CacheResult miss = cache.get_or_compute(identity_of("clean"), compute);
  EXPECT_FALSE(miss.hit());
  EXPECT_EQ(miss.miss, MissReason::never_stored);
  const CacheResult hit = cache.get_or_compute(identity_of("clean"), compute);
  EXPECT_TRUE(hit.hit());
  EXPECT_EQ(computed, 1);
  EXPECT_TRUE(miss.table->Equals(*hit.table, true));
}

TEST_F(DataCacheTest, LetsOneThreadComputeForAll) {
  DataCache cache = folder_.open();
  std::atomic<int> computed = 0;
  std::atomic<int> rows = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const auto result = cache.get_or_compute(identity_of("clean"), [&] {
        ++computed;
        return orders_reader(5000);
      });
      rows += static_cast<int>(result.table->num_rows());
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(computed, 1);
  EXPECT_EQ(rows, 8 * 5000);
}

TEST_F(DataCacheTest, LetsAnotherComputeWhenOneFails) {
  DataCache cache = folder_.open();
  const auto fail = []() -> std::shared_ptr<arrow::RecordBatchReader> {
    throw Error(ErrorKind::io, "the source is gone");
  };
  EXPECT_EQ(error_of([&] { cache.get_or_compute(identity_of("clean"), fail); })->message(),
            "the source is gone");
  EXPECT_EQ(
      cache.get_or_compute(identity_of("clean"), [] { return orders_reader(7); }).table->num_rows(),
      7);
}

TEST_F(DataCacheTest, RefusesAComputationThatAsksForItself) {
  DataCache cache = folder_.open();
  const auto ask_again = [&] {
    cache.get_or_compute(identity_of("clean"), [] { return orders_reader(1); });
    return orders_reader(1);
  };
  EXPECT_EQ(error_kind_of([&] { cache.get_or_compute(identity_of("clean"), ask_again); }),
            ErrorKind::conflict);
  const auto ask_another = [&] {
    cache.get_or_compute(identity_of("load"), [] { return orders_reader(1); });
    return orders_reader(2);
  };
  EXPECT_EQ(cache.get_or_compute(identity_of("clean"), ask_another).table->num_rows(), 2);
}

TEST_F(DataCacheTest, DoesNotKeepWhatTakesHalfOfItButReturnsIt) {
  folder_.options.max_bytes = 200'000;
  DataCache cache = folder_.open();
  cache.put(identity_of("small"), orders_reader(10));
  const auto result =
      cache.get_or_compute(identity_of("large"), [] { return orders_reader(100'000); });
  EXPECT_EQ(result.miss, MissReason::not_admitted);
  EXPECT_TRUE(result.table->Equals(*orders_table(100'000)));
  EXPECT_EQ(cache.get(identity_of("large")).miss, MissReason::not_admitted);
  EXPECT_TRUE(cache.get(identity_of("small")).hit());
  EXPECT_EQ(folder_.entries().size(), 1u);
}

TEST_F(DataCacheTest, EvictsForRoomAndSaysSo) {
  folder_.options.max_bytes = 100'000;
  DataCache cache = folder_.open();
  for (int i = 0; i < 20; ++i) cache.put(identity_of("step", {{"i", i}}), orders_reader(1000, i));
  const CacheStatistics statistics = cache.statistics();
  EXPECT_LE(statistics.bytes, 100'000);
  EXPECT_GT(statistics.evictions, 0);
  EXPECT_EQ(statistics.entries, static_cast<int64_t>(folder_.entries().size()));
  EXPECT_EQ(cache.get(identity_of("step", {{"i", 0}})).miss, MissReason::evicted);
}

TEST_F(DataCacheTest, NeverEvictsWhatIsPinned) {
  folder_.options.max_bytes = 100'000;
  DataCache cache = folder_.open();
  const auto first = cache.put(identity_of("first"), orders_reader(1000));
  cache.pin(first.key.substr(0, 8));
  for (int i = 0; i < 20; ++i) cache.put(identity_of("step", {{"i", i}}), orders_reader(1000, i));
  EXPECT_TRUE(cache.get(identity_of("first")).hit());
  EXPECT_EQ(error_kind_of([&] { cache.pin("zzz"); }), ErrorKind::not_found);
}

TEST_F(DataCacheTest, ThrowsWhatTheSourceThrows) {
  DataCache cache = folder_.open();
  const auto schema = arrow::schema({arrow::field("x", arrow::int64())});
  const auto failing = arrow::RecordBatchReader::MakeFromIterator(
                           arrow::Iterator<std::shared_ptr<arrow::RecordBatch>>(
                               arrow::MakeErrorIterator<std::shared_ptr<arrow::RecordBatch>>(
                                   arrow::Status::Cancelled("stop"))),
                           schema)
                           .ValueOrDie();
  EXPECT_EQ(error_kind_of([&] { cache.put(identity_of("clean"), failing); }), ErrorKind::cancelled);
  EXPECT_TRUE(folder_.entries().empty());
  EXPECT_EQ(cache.statistics().bytes, 0);
}

TEST_F(DataCacheTest, ListsClearsAndCounts) {
  DataCache cache = folder_.open();
  cache.put(identity_of("a"), orders_reader(10));
  folder_.clock->advance(microseconds(1));
  cache.put(identity_of("b", {{"x", 1}}), orders_reader(10));
  const auto all = cache.list();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all.front().step_name, "b");
  EXPECT_EQ(all.front().parameters, R"({"x":1})");
  EXPECT_EQ(cache.list({"shop", "a", ""}).size(), 1u);
  EXPECT_EQ(cache.clear({"shop", "a", ""}, true).entries.size(), 1u);
  EXPECT_EQ(cache.list().size(), 2u);
  EXPECT_EQ(cache.clear({"shop", "a", ""}).entries.size(), 1u);
  EXPECT_EQ(cache.list().size(), 1u);
  EXPECT_EQ(cache.get(identity_of("a")).miss, MissReason::never_stored);
  cache.get(identity_of("b", {{"x", 1}}));
  const auto statistics = cache.statistics();
  EXPECT_EQ(statistics.hits, 1);
  EXPECT_EQ(statistics.entries, 1);
}

}  // namespace
}  // namespace cairn
