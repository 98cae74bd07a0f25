#include "cairn/data_version_manager.h"

#include <arrow/api.h>
#include <gmock/gmock.h>

#include "data/content_digest.h"
#include "io/file.h"
#include "support/errors.h"
#include "support/file_bytes.h"
#include "support/test_store.h"

namespace cairn {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using testing::error_kind_of;
using testing::error_of;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::make_orders;
using testing::read_bytes;
using testing::read_in_pieces;
using ::testing::SizeIs;
using testing::TestStore;
using testing::write_bytes;

std::string digest_of(const std::shared_ptr<arrow::RecordBatchReader>& reader) {
  return data::digest_all(*reader).root;
}

std::vector<int64_t> numbers(const std::vector<DatasetVersion>& versions) {
  std::vector<int64_t> numbers;
  for (const DatasetVersion& version : versions) numbers.push_back(version.version);
  return numbers;
}

TEST(DataVersionManager, ListsNewestFirst) {
  TestStore test;
  for (int i = 1; i <= 3; ++i) test.publish(i);
  test.publish(9, {}, "customers");
  EXPECT_THAT(numbers(test.versions->list("orders")), ElementsAre(3, 2, 1));
  EXPECT_THAT(numbers(test.versions->list("orders", 2)), ElementsAre(3, 2));
  EXPECT_THAT(test.versions->list(), SizeIs(4));
  EXPECT_EQ(test.versions->latest("orders")->version, 3);
  EXPECT_EQ(test.versions->latest("nothing"), std::nullopt);
}

TEST(DataVersionManager, NamesTheNearestDatasetWhereThereIsNone) {
  TestStore test;
  test.publish(1);
  const auto error = error_of([&] { test.versions->list("order"); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::not_found);
  EXPECT_THAT(error->next_step(), HasSubstr("orders"));
}

TEST(DataVersionManager, ReadsATableFromEitherFormat) {
  TestStore test;
  const auto version = test.publish(250).version;
  const auto digest = digest_of(read_in_pieces(make_orders(250), 250));
  EXPECT_EQ(digest_of(test.versions->read(version)), digest);
  EXPECT_EQ(digest_of(test.versions->read(version, "processed_data", "csv")), digest);
  EXPECT_EQ(error_kind_of([&] { test.versions->read(version, "other"); }), ErrorKind::not_found);
}

TEST(DataVersionManager, SaysWhichFormatAVersionLacks) {
  TestStore test({Format::csv});
  const auto version = test.publish(2).version;
  const auto error = error_of([&] { test.versions->read(version, "", "parquet"); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::not_found);
  EXPECT_THAT(error->message(), HasSubstr("no parquet file"));
}

TEST(DataVersionManager, CopiesAVersionWithItsManifestAndSums) {
  TestStore test;
  const auto summary = test.publish(250);
  test.versions->get(summary.version, test.folder / "copy");
  for (const DatasetFile& file : summary.files)
    EXPECT_EQ(read_bytes(test.folder / "copy" / file.path), read_bytes(summary.output / file.path));
  EXPECT_EQ(read_bytes(test.folder / "copy/datapackage.json"),
            test.versions->manifest(summary.version));
  EXPECT_EQ(read_bytes(test.folder / "copy/MD5SUMS"), test.versions->md5_sums(summary.version));
}

TEST(DataVersionManager, CopiesIntoNoFolderThatHoldsSomething) {
  TestStore test;
  const auto version = test.publish(2).version;
  std::filesystem::create_directories(test.folder / "copy");
  write_bytes(test.folder / "copy/mine", "x");
  EXPECT_EQ(error_kind_of([&] { test.versions->get(version, test.folder / "copy"); }),
            ErrorKind::already_exists);
}

TEST(DataVersionManager, CopiesNoFileThatIsNotWhatWasPublished) {
  TestStore test;
  const auto summary = test.publish(2);
  const auto damaged = summary.output / summary.files[1].path;
  write_bytes(damaged, read_bytes(damaged) + "x");
  EXPECT_EQ(error_kind_of([&] { test.versions->get(summary.version, test.folder / "copy"); }),
            ErrorKind::corrupt);
  EXPECT_FALSE(io::file_exists(test.folder / "copy" / summary.files[1].path));
}

TEST(DataVersionManager, MovesATagOnlyWhenToldTo) {
  TestStore test;
  test.publish(1);
  test.publish(2);
  test.versions->tag(test.version(1), "gold");
  EXPECT_EQ(error_kind_of([&] { test.versions->tag(test.version(2), "gold"); }),
            ErrorKind::already_exists);
  test.versions->tag(test.version(2), "gold", /*replace=*/true);
  EXPECT_EQ(test.versions->resolve({"orders", "tag:gold"}).version, 2);
  test.versions->untag("orders", "gold");
  EXPECT_EQ(error_kind_of([&] {
              test.versions->resolve({"orders", "tag:gold"});
            }),
            ErrorKind::not_found);
  EXPECT_EQ(error_kind_of([&] { test.versions->tag(test.version(1), "a b\n"); }),
            ErrorKind::invalid_argument);
}

TEST(DataVersionManager, RollsBackByANewVersionOfTheSameFiles) {
  TestStore test;
  const auto first = test.publish(10);
  test.publish(20);
  const auto files = test.data_files();
  const auto back = test.versions->rollback(test.version(1));
  EXPECT_EQ(back.version, 3);
  EXPECT_EQ(back.operation, "rollback");
  EXPECT_EQ(back.digest, first.version.digest);
  EXPECT_EQ(test.versions->files(back)[0].path, first.files[0].path);
  EXPECT_EQ(test.data_files(), files);
  EXPECT_TRUE(test.versions->diff(test.version(1), back).identical());
}

TEST(DataVersionManager, RollsBackToNoVersionWhoseFilesAreGone) {
  TestStore test;
  test.publish(10);
  test.publish(20);
  const auto first = test.version(1);
  test.versions->expire("orders", {1, {}}, /*dry_run=*/false);
  EXPECT_EQ(error_kind_of([&] { test.versions->rollback(first); }), ErrorKind::conflict);
}

TEST(DataVersionManager, TellsApartAndAlikeVersionsFromTheirDigests) {
  TestStore test;
  test.publish(10);
  test.publish(20);
  for (const std::string& file : test.data_files())
    io::remove_file(test.config.output_data_path / file);
  const auto diff = test.versions->diff(test.version(1), test.version(2));
  EXPECT_FALSE(diff.identical());
  ASSERT_THAT(diff.tables, SizeIs(1));
  EXPECT_EQ(diff.tables[0].change, "changed");
  EXPECT_EQ(diff.tables[0].rows_before, 10);
  EXPECT_EQ(diff.tables[0].rows_after, 20);
}

// Counts the files that a verification begins.
class CountingProgress : public Progress {
 public:
  void begin(std::string_view, int64_t) override { ++begun; }
  void advance(int64_t) override {}
  int begun = 0;
};

TEST(DataVersionManager, VerifiesAFileThatVersionsShareOnce) {
  TestStore test;
  test.publish(10);
  test.versions->rollback(test.version(1));
  CountingProgress progress;
  const auto reports = test.versions->verify(test.versions->list(), VerifyLevel::content, progress);
  ASSERT_THAT(reports, SizeIs(2));
  EXPECT_THAT(reports, Each(Field(&IntegrityReport::verdict, Verdict::pass)));
  EXPECT_EQ(reports[0].bytes, reports[1].bytes);
  EXPECT_EQ(progress.begun, 2);
}

TEST(DataVersionManager, RecordsThatItVerified) {
  TestStore test;
  const auto summary = test.publish(10);
  write_bytes(summary.output / summary.files[0].path, "");
  EXPECT_EQ(test.versions->verify(summary.version, VerifyLevel::size).verdict, Verdict::fail);
  const auto events = test.store->catalog().events("orders", 1);
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].kind, "verify");
  EXPECT_EQ(events[0].details["verdict"], "fail");
}

TEST(DataVersionManager, VerifiesNoVersionWhoseFilesAreGone) {
  TestStore test;
  test.publish(10);
  test.publish(20);
  test.versions->expire("orders", {1, {}}, /*dry_run=*/false);
  const auto error = error_of([&] { test.versions->verify(test.version(1), VerifyLevel::size); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->message(), HasSubstr("removed by retention"));
}

TEST(DataVersionManager, NeedsAStore) {
  const testing::TemporaryFolder folder;
  PipelineConfig config;
  config.output_data_path = folder / "none";
  EXPECT_EQ(error_kind_of([&] { DataVersionManager{config}; }), ErrorKind::not_found);
  EXPECT_FALSE(io::file_exists(folder / "none"));
}

}  // namespace
}  // namespace cairn
