#include "catalog/session.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "catalog/sqlite_connection.h"
#include "support/errors.h"
#include "support/temporary_folder.h"

namespace cairn::catalog {
namespace {

using cairn::testing::error_kind_of;

namespace fs = std::filesystem;

class SessionTest : public ::testing::Test {
 protected:
  // How many descriptors of this process lead into the folder of the catalog.
  int64_t open_files() const {
    const fs::directory_iterator descriptors("/proc/self/fd");
    return std::count_if(begin(descriptors), end(descriptors), [this](const auto& descriptor) {
      std::error_code ignored;
      const fs::path target = fs::read_symlink(descriptor, ignored);
      return target.native().starts_with(folder_.path().native());
    });
  }

  cairn::testing::TemporaryFolder folder_;
  Catalog::Location location_{folder_.path() / "catalog.sqlite", folder_.path() / "lock"};
  int connects_ = 0;
  Session session_{[this] {
    ++connects_;
    return open_sqlite(location_, Journal::write_ahead);
  }};
};

int64_t answer(Session& session) {
  return session.use([](Connection& connection) {
    const auto rows = connection.query("SELECT 42", {});
    rows->next();
    return rows->integer(0);
  });
}

void fail(Session& session, ErrorKind kind) {
  EXPECT_EQ(
      error_kind_of([&] { session.use([&](Connection&) { throw Error(kind, "on purpose"); }); }),
      kind);
}

TEST_F(SessionTest, TakesNoConnectionAcrossAForkAndOpensItsOwnOnBothSides) {
  EXPECT_EQ(answer(session_), 42);
  EXPECT_GT(open_files(), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const bool inherited = open_files() > 0;
    ::_exit(!inherited && answer(session_) == 42 ? 0 : 1);
  }
  EXPECT_EQ(open_files(), 0);
  EXPECT_EQ(answer(session_), 42);
  EXPECT_EQ(connects_, 2);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(SessionTest, OpensAgainAfterAnErrorThatLeavesDoubt) {
  for (const ErrorKind kind : {ErrorKind::io, ErrorKind::no_space, ErrorKind::corrupt,
                               ErrorKind::commit_unknown, ErrorKind::internal}) {
    const int before = connects_;
    fail(session_, kind);
    EXPECT_EQ(answer(session_), 42);
    EXPECT_EQ(connects_, before + 1) << to_string(kind);
  }
}

TEST_F(SessionTest, KeepsItsConnectionAfterARefusal) {
  for (const ErrorKind kind : {ErrorKind::conflict, ErrorKind::not_found, ErrorKind::busy}) {
    fail(session_, kind);
    EXPECT_EQ(answer(session_), 42);
  }
  EXPECT_EQ(connects_, 1);
}

}  // namespace
}  // namespace cairn::catalog
