#include <gmock/gmock.h>

#include <chrono>

#include "exports/retention.h"
#include "io/file.h"
#include "support/errors.h"
#include "support/file_bytes.h"
#include "support/test_store.h"

namespace cairn {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using testing::error_kind_of;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::TestStore;
using testing::write_bytes;

std::vector<int64_t> numbers(const std::vector<DatasetVersion>& versions) {
  std::vector<int64_t> numbers;
  for (const DatasetVersion& version : versions) numbers.push_back(version.version);
  return numbers;
}

// Versions 1 to `count`, newest first, a day apart, the newest made at `newest`.
std::vector<DatasetVersion> daily(int64_t count, TimePoint newest) {
  std::vector<DatasetVersion> versions;
  for (int64_t number = count; number > 0; --number) {
    DatasetVersion& version = versions.emplace_back();
    version.version = number;
    version.state = "committed";
    version.created = newest - (count - number) * 24h;
  }
  return versions;
}

Retention keep(int64_t last, std::optional<std::chrono::seconds> within = {}) {
  return {last, within};
}

const TimePoint kNow = *parse_rfc3339("2026-01-15T09:30:12Z");

TEST(Retention, KeepsTheNewestVersionUnderAnyRule) {
  EXPECT_THAT(numbers(exports::not_retained(daily(3, kNow - 1000h), {}, kNow)), ElementsAre(2, 1));
  EXPECT_THAT(exports::not_retained(daily(1, kNow), {}, kNow), IsEmpty());
}

TEST(Retention, KeepsWhatAnyRuleKeeps) {
  EXPECT_THAT(numbers(exports::not_retained(daily(5, kNow), keep(2), kNow)), ElementsAre(3, 2, 1));
  EXPECT_THAT(numbers(exports::not_retained(daily(5, kNow), keep(0, 48h), kNow)),
              ElementsAre(2, 1));
  EXPECT_THAT(numbers(exports::not_retained(daily(5, kNow), keep(4, 48h), kNow)), ElementsAre(1));
}

TEST(Retention, KeepsTaggedVersions) {
  auto versions = daily(3, kNow);
  versions[2].tags = {"gold"};
  EXPECT_THAT(numbers(exports::not_retained(versions, {}, kNow)), ElementsAre(2));
}

TEST(Retention, DoesNotCountVersionsThatAreGone) {
  auto versions = daily(4, kNow);
  versions[1].state = "expired";
  EXPECT_THAT(numbers(exports::not_retained(versions, keep(2), kNow)), ElementsAre(1));
}

TEST(Expire, OnlySaysWhatItWouldDoUnlessToldToDoIt) {
  TestStore test;
  for (int i = 1; i <= 3; ++i) test.publish(i);
  const auto files = test.data_files();
  const Removal planned = test.versions->expire("orders", keep(1));
  EXPECT_THAT(numbers(planned.versions), ElementsAre(2, 1));
  EXPECT_THAT(planned.files, SizeIs(4));
  EXPECT_EQ(test.data_files(), files);
  EXPECT_EQ(test.version(1).state, "committed");

  const Removal done = test.versions->expire("orders", keep(1), /*dry_run=*/false);
  EXPECT_EQ(done.files, planned.files);
  EXPECT_EQ(done.bytes, planned.bytes);
  EXPECT_EQ(test.version(1).state, "expired");
  EXPECT_THAT(test.data_files(), SizeIs(2));
  EXPECT_THAT(test.versions->expire("orders", keep(1), false).versions, IsEmpty());
}

TEST(Expire, NeverRemovesTheNewestOrTaggedVersions) {
  TestStore test;
  for (int i = 1; i <= 4; ++i) test.publish(i);
  test.versions->tag(test.version(2), "gold");
  const Removal removal = test.versions->expire("orders", {}, /*dry_run=*/false);
  EXPECT_THAT(numbers(removal.versions), ElementsAre(3, 1));
  EXPECT_EQ(test.version(4).state, "committed");
  EXPECT_EQ(test.version(2).state, "committed");
}

TEST(Expire, KeepsFilesThatALaterVersionStillHas) {
  TestStore test;
  test.publish(1);
  test.versions->rollback(test.version(1));
  const auto files = test.data_files();
  const Removal removal = test.versions->expire("orders", {}, /*dry_run=*/false);
  EXPECT_THAT(numbers(removal.versions), ElementsAre(1));
  EXPECT_THAT(removal.files, IsEmpty());
  EXPECT_EQ(test.data_files(), files);
}

TEST(Expire, GoesByTheInjectedClock) {
  TestStore test;
  test.publish(1);
  test.clock->advance(48h);
  test.publish(2);
  EXPECT_THAT(test.versions->expire("orders", keep(0, 49h)).versions, IsEmpty());
  EXPECT_THAT(numbers(test.versions->expire("orders", keep(0, 47h)).versions), ElementsAre(1));
}

TEST(Expire, LooksAtAllDatasetsWhereNoneIsNamed) {
  TestStore test;
  for (const char* dataset : {"orders", "customers"})
    for (int i = 1; i <= 2; ++i) test.publish(i, {}, dataset);
  EXPECT_THAT(test.versions->expire("", {}).versions, SizeIs(2));
  EXPECT_EQ(error_kind_of([&] { test.versions->expire("nothing", {}); }), ErrorKind::not_found);
}

class OrphansTest : public ::testing::Test {
 protected:
  void leave(const std::string& path, std::chrono::hours age) {
    const auto file = test_.config.output_data_path / path;
    write_bytes(file, "left");
    const auto modified = std::chrono::file_clock::from_sys(test_.clock->now() - age);
    std::filesystem::last_write_time(file, modified);
  }

  TestStore test_;
};

TEST_F(OrphansTest, AreFilesOfOurNamingOlderThanADay) {
  test_.publish(1);
  const auto published = test_.data_files();
  for (const std::string& file : published)
    std::filesystem::last_write_time(test_.config.output_data_path / file,
                                     std::chrono::file_clock::from_sys(kNow - 1000h));
  const std::string old = "csv/orders_20260101_000000_0123abcd.csv";
  leave(old, 25h);
  leave("parquet/orders_20260101_000000_0123abcd.parquet", 23h);
  leave("csv/notes.csv", 1000h);
  leave("csv/orders_20260101_000000_0123abcd.txt", 1000h);
  const Removal planned = test_.versions->remove_orphans();
  EXPECT_THAT(planned.files, ElementsAre(old));
  EXPECT_EQ(planned.bytes, 4);
  EXPECT_TRUE(test_.data_files().contains(old));

  EXPECT_THAT(test_.versions->remove_orphans(/*dry_run=*/false).files, ElementsAre(old));
  EXPECT_FALSE(test_.data_files().contains(old));
  EXPECT_THAT(test_.data_files(), SizeIs(published.size() + 3));
  EXPECT_THAT(test_.versions->remove_orphans().files, IsEmpty());
}

TEST_F(OrphansTest, IncludeWhatStagingLeft) {
  const std::string staged = "analytical/.orders_t_20260101_000000_0123abcd.parquet.tmp";
  leave(staged, 25h);
  EXPECT_THAT(test_.versions->remove_orphans().files, ElementsAre(staged));
}

TEST_F(OrphansTest, AgeByTheInjectedClock) {
  const std::string file = "csv/orders_20260101_000000_0123abcd.csv";
  leave(file, 0h);
  EXPECT_THAT(test_.versions->remove_orphans().files, IsEmpty());
  test_.clock->advance(25h);
  EXPECT_THAT(test_.versions->remove_orphans().files, ElementsAre(file));
}

}  // namespace
}  // namespace cairn
