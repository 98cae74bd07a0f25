#include "catalog/migrations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "cairn/error.h"
#include "catalog/sqlite_connection.h"
#include "support/errors.h"
#include "support/temporary_folder.h"

namespace cairn::catalog {
namespace {

using cairn::testing::error_of;

class MigrationsTest : public ::testing::Test {
 protected:
  std::unique_ptr<Connection> connect() const {
    return open_sqlite(location_, Journal::write_ahead);
  }

  static std::vector<std::string> schema_of(Connection& connection) {
    std::vector<std::string> lines;
    const auto rows = connection.query("SELECT type || ' ' || name FROM sqlite_master", {});
    while (rows->next()) lines.push_back(rows->text(0));
    return lines;
  }

  cairn::testing::TemporaryFolder folder_;
  Catalog::Location location_{folder_.path() / "catalog.sqlite", folder_.path() / "lock"};
};

TEST_F(MigrationsTest, BringAnEmptyFileToTheNewestSchemaAndLeaveThatAlone) {
  const auto connection = connect();
  migrate(*connection);
  EXPECT_EQ(schema_version_of(*connection), newest_schema());
  const auto schema = schema_of(*connection);
  EXPECT_THAT(schema, ::testing::Contains("table version"));
  migrate(*connection);
  EXPECT_EQ(schema_of(*connection), schema);
  EXPECT_EQ(schema_version_of(*connection), newest_schema());
}

TEST_F(MigrationsTest, RefuseASchemaThatOnlyANewerProgramKnows) {
  const auto connection = connect();
  migrate(*connection);
  connection->execute("INSERT INTO schema_version (version) VALUES (?)", {newest_schema() + 1});
  const auto error = error_of([&] { migrate(*connection); });
  EXPECT_EQ(error->kind(), ErrorKind::unsupported);
  EXPECT_THAT(error->what(), ::testing::HasSubstr("made by a newer Cairn"));
}

TEST_F(MigrationsTest, LeaveNothingBehindWhenOneFails) {
  const auto connection = connect();
  connection->run_script("CREATE TABLE tag (somebody_elses TEXT)");
  error_of([&] { migrate(*connection); });
  EXPECT_THAT(schema_of(*connection), ::testing::ElementsAre("table tag"));
}

TEST_F(MigrationsTest, RunOnceWhenManyOpenTheSameNewCatalog) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) threads.emplace_back([this] { migrate(*connect()); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(schema_version_of(*connect()), newest_schema());
}

}  // namespace
}  // namespace cairn::catalog
