#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "catalog/sql_catalog.h"
#include "catalog/sqlite_connection.h"
#include "support/catalog_drafts.h"
#include "support/errors.h"
#include "support/temporary_folder.h"

namespace cairn::catalog {
namespace {

using cairn::testing::error_kind_of;
using cairn::testing::error_of;
using ::testing::HasSubstr;

// How the next commits go wrong, shared by all connections of a test.
struct Trouble {
  int lost_answers = 0;  // stored, but reported as unknown
  int lost_commits = 0;  // not stored, and reported as unknown
};

// A real connection whose commits are disturbed.
class TroubledConnection final : public Connection {
 public:
  TroubledConnection(std::unique_ptr<Connection> real, Trouble& trouble)
      : real_(std::move(real)), trouble_(trouble) {}

  std::unique_ptr<Rows> query(std::string_view sql, Values parameters) override {
    return real_->query(sql, parameters);
  }
  int64_t execute(std::string_view sql, Values parameters) override {
    return real_->execute(sql, parameters);
  }
  void run_script(const std::string& script) override { real_->run_script(script); }
  Dialect dialect() const override { return real_->dialect(); }
  void consolidate() override { real_->consolidate(); }
  std::vector<std::string> check_health() override { return real_->check_health(); }

 protected:
  void begin() override { transaction_ = std::make_unique<Transaction>(*real_); }
  void commit() override {
    if (trouble_.lost_commits > 0) {
      --trouble_.lost_commits;
      throw Error(ErrorKind::commit_unknown, "the wire was cut");
    }
    transaction_->commit();
    if (trouble_.lost_answers > 0) {
      --trouble_.lost_answers;
      throw Error(ErrorKind::commit_unknown, "the wire was cut");
    }
  }
  void rollback() noexcept override { transaction_.reset(); }

 private:
  std::unique_ptr<Connection> real_;
  Trouble& trouble_;
  std::unique_ptr<Transaction> transaction_;
};

class CommitUnknown : public ::testing::Test {
 protected:
  cairn::testing::TemporaryFolder folder_;
  Catalog::Location location_{folder_.path() / "catalog.sqlite", folder_.path() / "lock"};
  Trouble trouble_;
  std::unique_ptr<Catalog> catalog_ = std::make_unique<SqlCatalog>([this] {
    return std::make_unique<TroubledConnection>(open_sqlite(location_, Journal::write_ahead),
                                                trouble_);
  });
};

TEST_F(CommitUnknown, ReturnsTheVersionWhenOnlyTheAnswerWasLost) {
  catalog_->announce(intent_of(draft_of("orders", "u1")));
  trouble_.lost_answers = 1;
  EXPECT_EQ(catalog_->commit(draft_of("orders", "u1")).version, 1);
  EXPECT_EQ(catalog_->list("orders", 0).size(), 1U);
}

TEST_F(CommitUnknown, PublishesOnceWhenTheCommitWasLost) {
  catalog_->announce(intent_of(draft_of("orders", "u1")));
  trouble_.lost_commits = 1;
  EXPECT_EQ(catalog_->commit(draft_of("orders", "u1")).version, 1);
  EXPECT_EQ(catalog_->list("orders", 0).size(), 1U);
}

TEST_F(CommitUnknown, RollsBackOnceWhenTheAnswerWasLost) {
  announce_and_commit(*catalog_, draft_of("orders", "u1"));
  trouble_.lost_answers = 1;
  EXPECT_EQ(catalog_->rollback(draft_of("orders", "back"), 1).version, 2);
  EXPECT_EQ(catalog_->list("orders", 0).size(), 2U);
}

TEST_F(CommitUnknown, IsToldWithTheExportWhenItCannotBeSettled) {
  catalog_->announce(intent_of(draft_of("orders", "u1")));
  trouble_.lost_commits = 2;
  const auto error = error_of([&] { catalog_->commit(draft_of("orders", "u1")); });
  EXPECT_EQ(error->kind(), ErrorKind::commit_unknown);
  EXPECT_THAT(error->what(), HasSubstr("export u1"));
  EXPECT_EQ(catalog_->unfinished().size(), 1U) << "its files must stay";
}

TEST_F(CommitUnknown, LeavesAnExportAnnouncedWhenItsAbandonmentIsInDoubt) {
  catalog_->announce(intent_of(draft_of("orders", "u1")));
  trouble_.lost_commits = 1;
  EXPECT_EQ(error_kind_of([&] { catalog_->abandon("u1"); }), ErrorKind::commit_unknown);
  EXPECT_EQ(catalog_->commit(draft_of("orders", "u1")).version, 1);
}

// In a process whose files may not grow, every commit fails as on a broken disk.
int commit_where_files_cannot_grow(const Catalog::Location& location) {
  const auto catalog = Catalog::open(location);
  catalog->announce(intent_of(draft_of("orders", "u1")));
  std::signal(SIGXFSZ, SIG_IGN);
  const auto size = std::filesystem::file_size(location.file.native() + "-wal");
  const rlimit limit{size, RLIM_INFINITY};
  if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
  try {
    catalog->commit(draft_of("orders", "u1"));
    return 2;  // the fault did not fire
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::commit_unknown) return 3;
  }
  const rlimit unlimited{RLIM_INFINITY, RLIM_INFINITY};
  if (::setrlimit(RLIMIT_FSIZE, &unlimited) != 0) return 4;
  return catalog->commit(draft_of("orders", "u1")).version == 1 ? 0 : 5;
}

TEST_F(CommitUnknown, IsToldWhenTheDiskFailsAndThatTheCatalogWorksAgainAfterwards) {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      ::_exit(commit_where_files_cannot_grow(location_));
    } catch (const Error& error) {
      fprintf(stderr, "child: %s\n", error.what());
      ::_exit(6);
    }
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(catalog_->list("orders", 0).size(), 1U);
}

}  // namespace
}  // namespace cairn::catalog
