#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "catalog_contract.h"

namespace cairn::catalog {

// What every implementation of Catalog has to do for threads and processes that work together.

inline void commit_many(Catalog& catalog, const std::string& writer, int count) {
  for (int i = 0; i < count; ++i)
    announce_and_commit(catalog, draft_of("orders", fmt::format("{}-{}", writer, i)));
}

TEST_P(CatalogContract, NumbersWithoutGapsWhenThreadsCommitThroughTheirOwnCatalogs) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([this, thread] {
      const auto catalog = open();
      commit_many(*catalog, fmt::format("t{}", thread), 25);
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto versions = catalog_->list("orders", 0);
  ASSERT_EQ(versions.size(), 200U);
  for (size_t i = 0; i < versions.size(); ++i)
    EXPECT_EQ(versions[i].version, static_cast<int64_t>(200 - i));
  EXPECT_THAT(catalog_->unfinished(), IsEmpty());
}

TEST_P(CatalogContract, NumbersWithoutGapsWhenThreadsShareACatalog) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back(
        [this, thread] { commit_many(*catalog_, fmt::format("t{}", thread), 25); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(catalog_->latest("orders")->version, 100);
  EXPECT_EQ(catalog_->list("orders", 0).size(), 100U);
}

// Run `work` in a new process; the status it ends with is 0 unless something was thrown.
template <typename Work>
pid_t in_child(const Work& work) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  int status = 0;
  try {
    work();
  } catch (const std::exception& error) {
    fprintf(stderr, "child: %s\n", error.what());
    status = 1;
  }
  ::_exit(status);
}

inline void expect_success(pid_t child) {
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_P(CatalogContract, NumbersWithoutGapsWhenProcessesCommit) {
  std::vector<pid_t> children;
  for (int process = 0; process < 4; ++process) {
    children.push_back(in_child([&] {
      const auto catalog = open();
      commit_many(*catalog, fmt::format("p{}", process), 25);
    }));
  }
  for (const pid_t child : children) expect_success(child);
  const auto versions = catalog_->list("orders", 0);
  EXPECT_EQ(versions.size(), 100U);
  EXPECT_EQ(versions.front().version, 100);
}

TEST_P(CatalogContract, ServesTheChildrenOfAForkThroughTheSameObject) {
  commit_many(*catalog_, "before", 1);
  std::thread meanwhile([this] { commit_many(*catalog_, "parent", 25); });
  std::vector<pid_t> children;
  for (int process = 0; process < 4; ++process) {
    children.push_back(in_child([&] { commit_many(*catalog_, fmt::format("p{}", process), 25); }));
  }
  meanwhile.join();
  for (const pid_t child : children) expect_success(child);
  EXPECT_EQ(catalog_->latest("orders")->version, 126);
  EXPECT_EQ(catalog_->list("orders", 0).size(), 126U);
  EXPECT_THAT(catalog_->check_health(), IsEmpty());
}

// Two ends that wait for each other's signals.
class Signals {
 public:
  Signals() { EXPECT_EQ(::pipe(ends_), 0); }
  ~Signals() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  void send() const { EXPECT_EQ(::write(ends_[1], "x", 1), 1); }
  void wait() const {
    char signal = 0;
    EXPECT_EQ(::read(ends_[0], &signal, 1), 1);
  }

 private:
  int ends_[2] = {-1, -1};
};

TEST_P(CatalogContract, ServesAChildWhoseParentClosesItsCatalog) {
  commit_many(*catalog_, "before", 1);
  const Signals child_works;
  const Signals parent_closed;
  const pid_t child = in_child([&] {
    commit_many(*catalog_, "child", 1);
    child_works.send();
    parent_closed.wait();
    commit_many(*catalog_, "child again", 10);
  });
  child_works.wait();
  catalog_.reset();
  catalog_ = open();
  commit_many(*catalog_, "parent", 10);
  parent_closed.send();
  expect_success(child);
  EXPECT_EQ(catalog_->list("orders", 0).size(), 22U);
  commit_many(*catalog_, "parent again", 1);
  EXPECT_EQ(open()->latest("orders")->version, 23);
}

TEST_P(CatalogContract, KeepsWhatWasCommittedWhenTheProcessIsKilled) {
  const pid_t child = in_child([&] {
    const auto catalog = open();
    commit_many(*catalog, "killed", 3);
    catalog->announce(intent_of(draft_of("orders", "left")));
    ::kill(::getpid(), SIGKILL);
  });
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  catalog_ = open();
  EXPECT_EQ(catalog_->latest("orders")->version, 3);
  ASSERT_EQ(catalog_->unfinished().size(), 1U);
  EXPECT_EQ(catalog_->unfinished()[0].uuid, "left");
}

}  // namespace cairn::catalog
