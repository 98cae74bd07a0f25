#include "catalog/sqlite_connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "cairn/error.h"
#include "io/file_lock.h"
#include "support/errors.h"
#include "support/temporary_folder.h"

namespace cairn::catalog {
namespace {

using cairn::testing::error_kind_of;
using cairn::testing::error_of;

class SqliteConnectionTest : public ::testing::Test {
 protected:
  std::unique_ptr<Connection> open(Journal journal = Journal::write_ahead) const {
    return open_sqlite(location_, journal);
  }

  int64_t bytes_of_log() const {
    return static_cast<int64_t>(std::filesystem::file_size(location_.file.native() + "-wal"));
  }

  cairn::testing::TemporaryFolder folder_;
  Catalog::Location location_{folder_.path() / "catalog.sqlite", folder_.path() / "lock"};
};

int64_t setting(Connection& connection, const std::string& name) {
  const auto rows = connection.query("PRAGMA " + name, {});
  return rows->next() ? rows->integer(0) : -1;
}

std::string journal_of(Connection& connection) {
  const auto rows = connection.query("PRAGMA journal_mode", {});
  return rows->next() ? rows->text(0) : "";
}

void create_numbers(Connection& connection) {
  connection.run_script("CREATE TABLE numbers (n BIGINT, name TEXT, data BLOB)");
}

int64_t count_numbers(Connection& connection) {
  const auto rows = connection.query("SELECT count(*) FROM numbers", {});
  rows->next();
  return rows->integer(0);
}

TEST_F(SqliteConnectionTest, SyncsEveryCommitAndTrustsNothingInTheFile) {
  const auto connection = open();
  EXPECT_EQ(journal_of(*connection), "wal");
  EXPECT_EQ(setting(*connection, "synchronous"), 2) << "FULL";
  EXPECT_EQ(setting(*connection, "foreign_keys"), 1);
  EXPECT_EQ(setting(*connection, "busy_timeout"), 30000);
  EXPECT_EQ(setting(*connection, "trusted_schema"), 0);
  EXPECT_EQ(setting(*connection, "cell_size_check"), 1);
  EXPECT_EQ(setting(*connection, "mmap_size"), 0);
  EXPECT_EQ(setting(*connection, "temp_store"), 2) << "MEMORY";
}

TEST_F(SqliteConnectionTest, KeepsARollbackJournalWhereALogCannotBeShared) {
  const auto connection = open(Journal::rollback);
  EXPECT_EQ(journal_of(*connection), "delete");
  EXPECT_EQ(setting(*connection, "synchronous"), 3) << "EXTRA";
}

TEST_F(SqliteConnectionTest, UsesTheLogOnALocalFileSystem) {
  EXPECT_EQ(journal_for(location_.file), Journal::write_ahead);
}

TEST_F(SqliteConnectionTest, TakesAPathForAPathAndNotForAUriOrMemory) {
  location_.file = folder_.path() / "file:x?mode=memory";
  create_numbers(*open());
  EXPECT_TRUE(std::filesystem::exists(location_.file));
}

TEST_F(SqliteConnectionTest, ReturnsWhatWasBound) {
  const auto connection = open();
  create_numbers(*connection);
  const std::string odd("a\0b\xff", 4);
  connection->execute("INSERT INTO numbers VALUES (?, ?, ?)",
                      {int64_t{INT64_MIN}, odd, Bytes{odd}});
  const auto rows = connection->query("SELECT n, name, data FROM numbers", {});
  ASSERT_TRUE(rows->next());
  EXPECT_EQ(rows->integer(0), INT64_MIN);
  EXPECT_EQ(rows->text(1), odd);
  EXPECT_EQ(rows->bytes(2), odd);
  EXPECT_FALSE(rows->next());
}

TEST_F(SqliteConnectionTest, CallsAFieldOfTheWrongTypeDamage) {
  const auto connection = open();
  create_numbers(*connection);
  connection->execute("INSERT INTO numbers VALUES (?, ?, ?)", {"many", Value(), 7});
  const auto rows = connection->query("SELECT n, name, data FROM numbers", {});
  ASSERT_TRUE(rows->next());
  EXPECT_EQ(error_kind_of([&] { rows->integer(0); }), ErrorKind::corrupt);
  EXPECT_EQ(error_kind_of([&] { rows->text(1); }), ErrorKind::corrupt);
  EXPECT_EQ(error_kind_of([&] { rows->bytes(2); }), ErrorKind::corrupt);
}

TEST_F(SqliteConnectionTest, UndoesATransactionThatIsNotCommitted) {
  const auto connection = open();
  create_numbers(*connection);
  {
    const Connection::Transaction transaction(*connection);
    connection->execute("INSERT INTO numbers (n) VALUES (?)", {1});
  }
  EXPECT_EQ(count_numbers(*connection), 0);
  Connection::Transaction transaction = connection->begin_write();
  connection->execute("INSERT INTO numbers (n) VALUES (?)", {1});
  transaction.commit();
  EXPECT_EQ(count_numbers(*connection), 1);
}

TEST_F(SqliteConnectionTest, HoldsTheWriterLockWhileWritingWhereSqliteHasTheWalResetBug) {
  const auto connection = open();
  const bool has_bug = sqlite3_libversion_number() < 3051003;
  {
    const Connection::Transaction transaction(*connection);
    EXPECT_EQ(io::FileLock::try_acquire(location_.writer_lock).has_value(), !has_bug);
  }
  EXPECT_TRUE(io::FileLock::try_acquire(location_.writer_lock));
  EXPECT_EQ(setting(*connection, "wal_autocheckpoint") == 0, has_bug);
}

TEST_F(SqliteConnectionTest, RefusesToRunAStatementInsideItself) {
  const auto connection = open();
  create_numbers(*connection);
  const auto outer = connection->query("SELECT n FROM numbers", {});
  EXPECT_EQ(error_kind_of([&] { connection->query("SELECT n FROM numbers", {}); }),
            ErrorKind::internal);
}

TEST_F(SqliteConnectionTest, KeepsTheLogShortWhileWriting) {
  const auto connection = open();
  create_numbers(*connection);
  const std::string block(64 << 10, 'x');
  for (int i = 0; i < 400; ++i) {  // 25 MiB
    Connection::Transaction transaction = connection->begin_write();
    connection->execute("INSERT INTO numbers (data) VALUES (?)", {Bytes{block}});
    transaction.commit();
  }
  EXPECT_LT(bytes_of_log(), 6 << 20);
  EXPECT_EQ(count_numbers(*connection), 400);
}

TEST_F(SqliteConnectionTest, LeavesTheLogBehindForTheNextToOpen) {
  create_numbers(*open());
  EXPECT_GT(bytes_of_log(), 0);
  EXPECT_EQ(count_numbers(*open()), 0);
}

TEST_F(SqliteConnectionTest, MovesTheLogIntoTheDatabaseToConsolidate) {
  const auto connection = open();
  create_numbers(*connection);
  connection->consolidate();
  std::filesystem::resize_file(location_.file.native() + "-wal", 0);
  EXPECT_EQ(count_numbers(*open()), 0);
}

TEST_F(SqliteConnectionTest, NamesTheFolderThatIsNotThere) {
  location_.file = folder_.path() / "missing" / "catalog.sqlite";
  const auto error = error_of([&] { open(); });
  EXPECT_EQ(error->kind(), ErrorKind::io);
  EXPECT_THAT(error->what(), ::testing::HasSubstr(location_.file.native()));
}

}  // namespace
}  // namespace cairn::catalog
