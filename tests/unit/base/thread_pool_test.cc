#include "base/thread_pool.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <fstream>

#include "cairn/error.h"

namespace cairn {
namespace {

// Leaves this process no room for the stack of another thread, those kept for reuse included. Only
// to be called by a process that ends after it.
void allow_no_more_threads() {
  int64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  const auto bytes = static_cast<rlim_t>(pages * sysconf(_SC_PAGESIZE)) + (1 << 20);
  const rlimit limit{bytes, bytes};
  setrlimit(RLIMIT_AS, &limit);
  try {
    for (;;) std::thread([] { pause(); }).detach();
  } catch (const std::system_error&) {
    return;
  }
}

TEST(ThreadPool, RunsWhatWasSubmittedBeforeItEnds) {
  std::atomic<int> done = 0;
  {
    ThreadPool pool(3);
    EXPECT_EQ(pool.size(), 3);
    for (int i = 0; i < 100; ++i) pool.submit([&] { ++done; });
  }
  EXPECT_EQ(done, 100);
}

TEST(ThreadPool, SaysSoWhereTheSystemGivesNoThread) {
  const auto make_one = [] {
    allow_no_more_threads();
    try {
      const ThreadPool pool(2);
    } catch (const Error& error) {
      _exit(error.kind() == ErrorKind::unavailable ? 7 : 8);
    }
    _exit(9);
  };
  EXPECT_EXIT(make_one(), ::testing::ExitedWithCode(7), "");
}

TEST(StartOrDefer, BringsTheResult) {
  EXPECT_EQ(start_or_defer([] { return 7; }).get(), 7);
}

TEST(StartOrDefer, BringsTheResultWhereTheSystemGivesNoThread) {
  const auto start_one = [] {
    allow_no_more_threads();
    _exit(start_or_defer([] { return 7; }).get());
  };
  EXPECT_EXIT(start_one(), ::testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace cairn
