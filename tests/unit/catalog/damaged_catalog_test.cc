#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "catalog/sqlite_connection.h"
#include "support/catalog_drafts.h"
#include "support/checkpoint_drafts.h"
#include "support/errors.h"
#include "support/temporary_folder.h"

namespace cairn::catalog {
namespace {

namespace fs = std::filesystem;
using cairn::testing::error_of;
using ::testing::HasSubstr;

std::string noise(size_t count) {
  std::mt19937 random(7);
  std::string bytes(count, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

class DamagedCatalog : public ::testing::Test {
 protected:
  std::unique_ptr<Catalog> open() const { return Catalog::open(location_); }

  // A catalog with some versions, all of it in the database file and nothing in the log.
  void fill() const {
    const auto catalog = open();
    save_checkpoints(catalog->checkpoints(), "etl", 40);
    for (int i = 0; i < 40; ++i)
      announce_and_commit(*catalog, draft_of("orders", fmt::format("u{}", i)));
    open_sqlite(location_, Journal::write_ahead)->consolidate();
    fs::remove(log());
    fs::remove(location_.file.native() + "-shm");
  }

  fs::path log() const { return location_.file.native() + "-wal"; }

  void write(const std::string& bytes) const {
    std::ofstream(location_.file, std::ios::binary) << bytes;
  }

  void flip_in_log(std::streamoff offset) const {
    std::fstream file(log(), std::ios::binary | std::ios::in | std::ios::out);
    file.seekg(offset);
    const char flipped = static_cast<char>(file.get() ^ 1);
    file.seekp(offset);
    file.put(flipped);
  }

  // Change the database behind the back of the catalog.
  void change(const std::string& sql) const {
    open_sqlite(location_, Journal::write_ahead)->run_script(sql);
  }

  // Everything that reads, as a user would meet it.
  void read_all() const {
    const auto catalog = open();
    catalog->unfinished();
    catalog->datasets(0);
    for (const DatasetVersion& version : catalog->list("orders", 0))
      catalog->load("orders", version.version);
    catalog->referenced_paths();
    for (const CheckpointRow& row : catalog->checkpoints().list("")) {
      catalog->checkpoints().find(row.id);
      catalog->checkpoints().newest(row.process, 0, row.sequence);
    }
    read_lineage(catalog->lineage());
  }

  static void read_lineage(LineageRows& lineage) {
    lineage.running();
    lineage.runs("", 0);
    lineage.orphans(0);
    for (const KeyedNode& newest : lineage.datasets(0)) {
      for (const KeyedNode& version : lineage.versions(newest.node.dataset, 0)) {
        lineage.find_by_digest(version.node.digest);
        lineage.makers(version.key);
        for (const auto direction :
             {LineageSteps::Direction::upstream, LineageSteps::Direction::downstream})
          lineage.walk({version.key}, {.direction = direction});
      }
    }
  }

  void expect_damage(const std::string& reason = "") const {
    const auto error = error_of([&] { read_all(); });
    EXPECT_EQ(error->kind(), ErrorKind::corrupt) << error->what();
    EXPECT_THAT(error->what(), HasSubstr(reason));
  }

  cairn::testing::TemporaryFolder folder_;
  Catalog::Location location_{folder_.path() / "catalog.sqlite", folder_.path() / "locks" / "lock"};
};

TEST_F(DamagedCatalog, IsToldWithThePathAndWhatToDo) {
  write(noise(100000));
  const auto error = error_of([&] { open(); });
  EXPECT_EQ(error->kind(), ErrorKind::corrupt);
  EXPECT_THAT(error->what(), HasSubstr(location_.file.native()));
  EXPECT_EQ(error->next_step(), "run cairn doctor");
}

TEST_F(DamagedCatalog, IsToldWhereverTheFileWasCut) {
  fill();
  const auto whole = fs::file_size(location_.file);
  const fs::path copy = folder_.path() / "copy";
  fs::copy_file(location_.file, copy);
  for (const uintmax_t kept :
       {uintmax_t{50}, uintmax_t{600}, uintmax_t{4096}, whole / 2, whole - 4096, whole - 1}) {
    fs::copy_file(copy, location_.file, fs::copy_options::overwrite_existing);
    fs::remove(log());
    fs::resize_file(location_.file, kept);
    SCOPED_TRACE(kept);
    expect_damage();
  }
}

TEST_F(DamagedCatalog, NeverCrashesOnNoiseInItsPages) {
  fill();
  const fs::path copy = folder_.path() / "copy";
  fs::copy_file(location_.file, copy);
  const auto pages = static_cast<int>(fs::file_size(copy) / 4096);
  int told = 0;
  for (int page = 0; page < pages; ++page) {
    fs::copy_file(copy, location_.file, fs::copy_options::overwrite_existing);
    fs::remove(log());
    {
      std::fstream file(location_.file, std::ios::binary | std::ios::in | std::ios::out);
      file.seekp(page * 4096 + 8);
      file << noise(4000);
    }
    try {
      read_all();
    } catch (const Error& error) {
      ++told;
      EXPECT_EQ(error.kind(), ErrorKind::corrupt) << "page " << page << ": " << error.what();
    }
  }
  EXPECT_GT(told, pages / 2);
}

TEST_F(DamagedCatalog, IsRefusedWhenItsLogIsNoise) {
  fill();
  std::ofstream(log(), std::ios::binary) << noise(50000);
  expect_damage("frame 0");
}

TEST_F(DamagedCatalog, IsRefusedWhenItsLogLostACommittedFrame) {
  announce_and_commit(*open(), draft_of("orders", "first"));
  const auto committed = static_cast<std::streamoff>(fs::file_size(log()));
  announce_and_commit(*open(), draft_of("orders", "second"));
  flip_in_log(committed - 100);
  expect_damage("committed behind that would be lost");
}

TEST_F(DamagedCatalog, TakesATornLastTransactionForACrash) {
  announce_and_commit(*open(), draft_of("orders", "first"));
  const auto committed = fs::file_size(log());
  announce_and_commit(*open(), draft_of("orders", "second"));
  fs::resize_file(log(), committed + 5000);
  EXPECT_EQ(open()->latest("orders")->version, 1);
  announce_and_commit(*open(), draft_of("orders", "third"));
  EXPECT_EQ(open()->latest("orders")->version, 2);
}

TEST_F(DamagedCatalog, IsFreshWhenTheFileIsEmpty) {
  write("");
  EXPECT_TRUE(open()->list("", 0).empty());
}

TEST_F(DamagedCatalog, IsNotAFolder) {
  fs::create_directories(location_.file);
  const auto error = error_of([&] { open(); });
  EXPECT_EQ(error->kind(), ErrorKind::io);
  EXPECT_THAT(error->what(), HasSubstr("cannot open the catalog"));
}

TEST_F(DamagedCatalog, IsToldWhenATableIsMissing) {
  fill();
  change("PRAGMA foreign_keys = OFF; DROP TABLE tag");
  expect_damage("no such table: tag");
}

TEST_F(DamagedCatalog, IsToldWhenADocumentIsNotJson) {
  fill();
  change("UPDATE data_table SET profile = '[{'");
  expect_damage("profile");
}

TEST_F(DamagedCatalog, IsToldWhenANumberIsNotOne) {
  fill();
  change("UPDATE version SET row_count = 'many'");
  expect_damage("row_count");
}

TEST_F(DamagedCatalog, IsFoundByTheCheckOfItsHealth) {
  fill();
  change("PRAGMA foreign_keys = OFF; DELETE FROM data_table WHERE id = 3");
  const auto damage = open()->check_health();
  ASSERT_FALSE(damage.empty());
  EXPECT_THAT(damage[0], HasSubstr("data_table"));
}

}  // namespace
}  // namespace cairn::catalog
