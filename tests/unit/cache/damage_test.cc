// Whatever happens to the folder of a cache, its caller gets an answer, and the cache heals.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "cairn/data_cache.h"
#include "cairn/error.h"
#include "io/file_lock.h"
#include "support/cache_folder.h"
#include "support/errors.h"

namespace cairn {
namespace {

namespace fs = std::filesystem;

using testing::CacheFolder;
using testing::identity_of;
using testing::orders_reader;
using testing::orders_table;

void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string noise(size_t size) {
  std::string bytes(size, '\0');
  testing::SeededRandom(7).fill(reinterpret_cast<uint8_t*>(bytes.data()), size);
  return bytes;
}

class DamagedEntryTest : public ::testing::TestWithParam<CacheForm> {
 protected:
  void SetUp() override {
    const DataCache cache = put("clean", 3000);
    path_ = folder_.entries().front();
  }

  DataCache put(const std::string& step, int64_t rows) {
    DataCache cache = folder_.open();
    CacheEntryOptions entry;
    entry.form = GetParam();
    EXPECT_TRUE(cache.put(identity_of(step), orders_reader(rows), entry).hit());
    return cache;
  }

  // A process that opens the cache for the first time.
  void expect_corrupt_then_healed() {
    DataCache cache = folder_.open();
    const CacheResult miss = cache.get(identity_of("clean"));
    EXPECT_EQ(miss.miss, MissReason::corrupt) << miss.explanation;
    EXPECT_EQ(cache.get(identity_of("clean")).miss, MissReason::corrupt) << "is remembered";
    EXPECT_FALSE(fs::exists(path_));
    EXPECT_EQ(cache.statistics().bytes, cache.list().empty() ? 0 : cache.list().front().bytes);
    put("clean", 3000);
    EXPECT_TRUE(folder_.open().get(identity_of("clean")).table->Equals(*orders_table(3000)));
  }

  CacheFolder folder_;
  fs::path path_;
};

TEST_P(DamagedEntryTest, IsAMissWhenCutOff) {
  fs::resize_file(path_, fs::file_size(path_) - 1);
  expect_corrupt_then_healed();
}

TEST_P(DamagedEntryTest, IsAMissWhenEmptied) {
  fs::resize_file(path_, 0);
  expect_corrupt_then_healed();
}

TEST_P(DamagedEntryTest, IsAMissWhenGone) {
  fs::remove(path_);
  expect_corrupt_then_healed();
}

TEST_P(DamagedEntryTest, IsAMissWhenAByteChanged) {
  for (const double place : {0.1, 0.5, 0.9, 0.999}) {
    SCOPED_TRACE(place);
    std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
    const auto at = static_cast<std::streamoff>(place * static_cast<double>(fs::file_size(path_)));
    file.seekg(at);
    const int byte = file.get();
    file.seekp(at);
    file.put(static_cast<char>(byte ^ 1));
    file.close();
    expect_corrupt_then_healed();
  }
}

TEST_P(DamagedEntryTest, IsAMissWhenAnotherOneTookItsPlace) {
  put("other", 3000);
  for (const auto& entry : folder_.entries()) {
    if (entry != path_) fs::copy_file(entry, path_, fs::copy_options::overwrite_existing);
  }
  expect_corrupt_then_healed();
}

TEST_P(DamagedEntryTest, IsUsedWhenItWasOnlyTouched) {
  fs::last_write_time(path_, fs::file_time_type::clock::now() + std::chrono::hours(1));
  EXPECT_TRUE(folder_.open().get(identity_of("clean")).hit());
}

TEST_P(DamagedEntryTest, IsFoundByGcBeforeAnyoneAsks) {
  std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(static_cast<std::streamoff>(fs::file_size(path_) / 2));
  file.write(noise(64).data(), 64);
  file.close();
  DataCache cache = folder_.open();
  ASSERT_EQ(cache.gc(true).entries.size(), 1u);
  EXPECT_TRUE(fs::exists(path_));
  EXPECT_EQ(cache.gc(false).entries.size(), 1u);
  EXPECT_FALSE(fs::exists(path_));
  EXPECT_TRUE(cache.gc(false).entries.empty());
}

INSTANTIATE_TEST_SUITE_P(Forms, DamagedEntryTest,
                         ::testing::Values(CacheForm::parquet, CacheForm::arrow),
                         [](const auto& form) { return std::string(to_string(form.param)); });

class DamagedIndexTest : public ::testing::Test {
 protected:
  void SetUp() override {
    DataCache cache = folder_.open();
    for (int i = 0; i < 5; ++i) cache.put(identity_of("step", {{"i", i}}), orders_reader(100, i));
    cache.pin(identity_of("step", {{"i", 3}}).key());
  }

  void expect_whole(DataCache& cache) {
    for (int i = 0; i < 5; ++i) {
      const CacheResult result = cache.get(identity_of("step", {{"i", i}}));
      ASSERT_TRUE(result.hit()) << result.explanation;
      EXPECT_TRUE(result.table->Equals(*orders_table(100, i)));
    }
    EXPECT_EQ(cache.list().size(), 5u);
    EXPECT_EQ(cache.statistics().entries, 5);
    int64_t bytes = 0;
    for (const auto& entry : cache.list()) {
      bytes += entry.bytes;
      EXPECT_EQ(entry.pinned, entry.key == identity_of("step", {{"i", 3}}).key());
    }
    EXPECT_EQ(cache.statistics().bytes, bytes);
    EXPECT_EQ(cache.explain(identity_of("step", {{"i", 9}})).miss, MissReason::parameter);
  }

  fs::path index() const { return folder_.options.folder / "cache.sqlite"; }

  CacheFolder folder_;
};

TEST_F(DamagedIndexTest, IsMadeAnewWhenItIsDeleted) {
  fs::remove(index());
  DataCache cache = folder_.open();
  expect_whole(cache);
}

TEST_F(DamagedIndexTest, IsMadeAnewWhenItIsDeletedUnderAnOpenCache) {
  DataCache cache = folder_.open();
  expect_whole(cache);
  fs::remove(index());
  expect_whole(cache);
}

TEST_F(DamagedIndexTest, IsMadeAnewWhenItIsNoise) {
  write_file(index(), noise(40'000));
  DataCache cache = folder_.open();
  expect_whole(cache);
}

TEST_F(DamagedIndexTest, IsMadeAnewWhenItIsNoiseUnderAnOpenCache) {
  DataCache cache = folder_.open();
  expect_whole(cache);
  write_file(index(), noise(40'000));
  expect_whole(cache);
}

TEST_F(DamagedIndexTest, IsMadeAnewWhenItIsAnotherDatabase) {
  for (const char* part : {"-wal", "-shm", ""}) fs::remove(index().native() + part);
  write_file(index(), "");
  DataCache cache = folder_.open();
  expect_whole(cache);
}

TEST_F(DamagedIndexTest, IsNotNeededToReadButToWrite) {
  for (const char* part : {"-wal", "-shm", ""}) fs::remove(index().native() + part);
  fs::create_directory(index());
  DataCache cache = folder_.open();
  const CacheResult hit = cache.get(identity_of("step", {{"i", 2}}));
  ASSERT_TRUE(hit.hit()) << hit.explanation;
  EXPECT_TRUE(hit.table->Equals(*orders_table(100, 2)));
  EXPECT_EQ(cache.get(identity_of("step", {{"i", 9}})).miss, MissReason::unavailable);
  EXPECT_EQ(cache.put(identity_of("new"), orders_reader(10)).miss, MissReason::unavailable);
  const CacheResult computed =
      cache.get_or_compute(identity_of("new"), [] { return orders_reader(10); });
  EXPECT_EQ(computed.miss, MissReason::unavailable);
  EXPECT_TRUE(computed.table->Equals(*orders_table(10)));
}

TEST_F(DamagedIndexTest, LosesOnlyWhatIsDamagedItself) {
  const auto damaged = folder_.entries().front();
  write_file(damaged, noise(1000));
  fs::remove(index());
  DataCache cache = folder_.open();
  EXPECT_EQ(cache.list().size(), 4u);
  EXPECT_FALSE(fs::exists(damaged));
}

TEST(UnusableCache, AnswersWhereItsFolderIsAFile) {
  CacheFolder folder;
  write_file(folder.options.folder, "a file\n");
  DataCache cache = folder.open();
  EXPECT_EQ(cache.get(identity_of("clean")).miss, MissReason::unavailable);
  EXPECT_EQ(cache.put(identity_of("clean"), orders_reader(10)).miss, MissReason::unavailable);
  const auto computed =
      cache.get_or_compute(identity_of("clean"), [] { return orders_reader(10); });
  EXPECT_TRUE(computed.table->Equals(*orders_table(10)));
}

TEST(StrayFiles, AreTheBusinessOfGc) {
  CacheFolder folder;
  DataCache cache = folder.open();
  cache.put(identity_of("clean"), orders_reader(10));
  const std::string key(64, 'a');
  const auto& root = folder.options.folder;
  write_file(root / ("." + key + ".00000000000000ff.tmp"), noise(100));
  write_file(root / (key + ".parquet"), noise(100));
  write_file(root / (key + ".pin"), "");
  write_file(root / "notes.txt", "mine");
  EXPECT_EQ(cache.gc(true).stray_files.size(), 3u);
  EXPECT_EQ(cache.gc(false).stray_files.size(), 3u);
  EXPECT_TRUE(cache.gc(false).stray_files.empty());
  EXPECT_TRUE(fs::exists(root / "notes.txt"));
  EXPECT_TRUE(cache.get(identity_of("clean")).hit());
}

}  // namespace
}  // namespace cairn
