#include "store/publication.h"

#include <gtest/gtest.h>

#include "io/file.h"
#include "io/folder.h"
#include "store/recovery.h"
#include "support/errors.h"
#include "support/fixed_environment.h"
#include "support/temporary_folder.h"

namespace cairn::store {
namespace {

using cairn::testing::error_kind_of;

class PublicationTest : public ::testing::Test {
 protected:
  std::shared_ptr<Store> open(Store::Mode mode = Store::Mode::create) {
    PipelineConfig config;
    config.output_data_path = folder_ / "out";
    config.temp_data_path = folder_ / "temp";
    return Store::open(config, mode, environment_);
  }

  static catalog::VersionDraft draft_of(const Uuid& id) {
    catalog::VersionDraft draft;
    draft.export_uuid = id.text();
    draft.dataset = "sales";
    draft.digest = "cd1:00";
    catalog::TableRow table;
    table.name = "processed_data";
    draft.tables.push_back(table);
    catalog::FileRow file;
    file.table = "processed_data";
    file.format = "csv";
    file.path = "csv/a.csv";
    draft.files.push_back(file);
    return draft;
  }

  std::vector<io::SealedFile> sealed_file(Publication& publication) {
    io::StagedFile file = publication.stage("csv/a.csv", {});
    file.write("id\n1\n");
    std::vector<io::SealedFile> files;
    files.push_back(std::move(file).seal());
    return files;
  }

  size_t files_in_csv() const { return io::list_files(folder_ / "out" / "csv").size(); }

  const Environment environment_ = cairn::testing::fixed_environment();
  const cairn::testing::TemporaryFolder folder_;
};

TEST_F(PublicationTest, MakesAVersionVisibleOnlyAtCommit) {
  const auto store = open();
  const Uuid id = store->new_id();
  Publication publication(store, id, "sales", store->now(), {"csv/a.csv"});
  publication.publish(sealed_file(publication));
  EXPECT_FALSE(store->catalog().latest("sales"));
  EXPECT_EQ(publication.commit(draft_of(id)).version, 1);
  EXPECT_EQ(store->catalog().latest("sales")->version, 1);
}

TEST_F(PublicationTest, LeavesNothingWhenItIsGivenUpAtAnyStep) {
  const auto store = open();
  for (int steps = 0; steps < 3; ++steps) {
    {
      Publication publication(store, store->new_id(), "sales", store->now(), {"csv/a.csv"});
      if (steps == 1) sealed_file(publication);
      if (steps == 2) publication.publish(sealed_file(publication));
    }
    EXPECT_EQ(files_in_csv(), 0U) << steps;
    EXPECT_TRUE(store->catalog().unfinished().empty()) << steps;
  }
}

TEST_F(PublicationTest, IsFencedWhenItWasTakenAwayMeanwhile) {
  const auto store = open();
  const Uuid id = store->new_id();
  Publication publication(store, id, "sales", store->now(), {"csv/a.csv"});
  publication.publish(sealed_file(publication));
  EXPECT_TRUE(store->catalog().abandon(id.text()));
  EXPECT_EQ(error_kind_of([&] { publication.commit(draft_of(id)); }), ErrorKind::conflict);
}

TEST_F(PublicationTest, OfALivingWriterIsLeftAloneByRecovery) {
  const auto writer = open();
  Publication publication(writer, writer->new_id(), "sales", writer->now(), {"csv/a.csv"});
  publication.publish(sealed_file(publication));
  const auto other = open();
  EXPECT_EQ(files_in_csv(), 1U);
  EXPECT_EQ(other->catalog().unfinished().size(), 1U);
}

TEST_F(PublicationTest, OfADeadWriterIsClearedAwayAtTheNextOpen) {
  {
    const auto store = open();
    // What a killed writer leaves: the row, both names, and no lock.
    store->catalog().announce({"0198f0a2-7c31-7d52-9f00-5b0e8c3f9a1c",
                               "sales",
                               "dead",
                               store->now(),
                               {"csv/.a.csv.tmp", "csv/a.csv"}});
    io::replace_file(folder_ / "out" / "csv" / "a.csv", "x");
    io::replace_file(folder_ / "out" / "csv" / ".a.csv.tmp", "x");
    io::replace_file(folder_ / "out" / "csv" / "theirs.csv", "not ours");
  }
  const auto store = open();
  EXPECT_TRUE(store->catalog().unfinished().empty());
  EXPECT_EQ(files_in_csv(), 1U) << "only what no row names";
}

TEST_F(PublicationTest, LeavesNoLockOfADeadWriterToTheNextOpen) {
  const auto lock_of = [&](const std::string& writer) {
    return folder_ / "out" / "locks" / (writer + ".writer");
  };
  const auto living = open();
  const std::string writer = living->writer();
  io::replace_file(lock_of("dead"), "");
  open();
  EXPECT_FALSE(io::file_exists(lock_of("dead")));
  EXPECT_TRUE(io::file_exists(lock_of(writer))) << "it lives";
}

TEST_F(PublicationTest, NeedsAStoreToReadFrom) {
  EXPECT_EQ(error_kind_of([&] { open(Store::Mode::existing); }), ErrorKind::not_found);
  EXPECT_FALSE(io::file_exists(folder_ / "out")) << "looking must not create anything";
}

}  // namespace
}  // namespace cairn::store
