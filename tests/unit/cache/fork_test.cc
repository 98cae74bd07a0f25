// A cache goes on working on both sides of a fork, whatever its threads were doing.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <thread>

#include "cairn/data_cache.h"
#include "cairn/error.h"
#include "support/cache_folder.h"

namespace cairn {
namespace {

using testing::CacheFolder;
using testing::identity_of;
using testing::orders_reader;

// One byte from one side to the other.
class Signal {
 public:
  Signal() { EXPECT_EQ(::pipe(ends_.data()), 0); }
  ~Signal() {
    for (const int end : ends_) ::close(end);
  }
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  void send() { EXPECT_EQ(::write(ends_[1], "x", 1), 1); }
  void wait() {
    char byte = 0;
    EXPECT_EQ(::read(ends_[0], &byte, 1), 1);
  }

 private:
  std::array<int, 2> ends_{};
};

pid_t start_child(const std::function<bool()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    bool good = false;
    try {
      good = work();
    } catch (const std::exception&) {
    }
    ::_exit(good ? 0 : 1);
  }
  return child;
}

bool succeeded(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(ForkedCache, WorksOnBothSides) {
  CacheFolder folder;
  DataCache cache = folder.open();
  cache.put(identity_of("before"), orders_reader(10));
  const pid_t child = start_child([&] {
    const bool got = cache.get(identity_of("before")).hit();
    return got && cache.put(identity_of("child"), orders_reader(20)).hit() &&
           cache.get_or_compute(identity_of("more"), [] {
                  return orders_reader(5);
                }).table->num_rows() == 5;
  });
  EXPECT_TRUE(cache.put(identity_of("parent"), orders_reader(30)).hit());
  EXPECT_TRUE(succeeded(child));
  for (const char* step : {"before", "child", "parent", "more"})
    EXPECT_TRUE(cache.get(identity_of(step)).hit()) << step;
}

TEST(ForkedCache, WaitsInTheChildForAThreadOfTheParent) {
  CacheFolder folder;
  DataCache cache = folder.open();
  cache.put(identity_of("other"), orders_reader(1));
  Signal computing;
  Signal go_on;
  std::thread thread([&] {
    cache.get_or_compute(identity_of("slow"), [&] {
      computing.send();
      go_on.wait();
      return orders_reader(10);
    });
  });
  computing.wait();
  Signal asked;
  const pid_t child = start_child([&] {
    asked.send();
    bool computed = false;
    const auto result = cache.get_or_compute(identity_of("slow"), [&] {
      computed = true;
      return orders_reader(99);
    });
    return !computed && result.hit() && result.table->num_rows() == 10;
  });
  asked.wait();
  go_on.send();
  thread.join();
  EXPECT_TRUE(succeeded(child));
}

TEST(ForkedCache, RefusesAChildThatAsksForWhatItsParentComputes) {
  CacheFolder folder;
  DataCache cache = folder.open();
  const auto result = cache.get_or_compute(identity_of("self"), [&] {
    const pid_t child = start_child([&] {
      try {
        cache.get_or_compute(identity_of("self"), [] { return orders_reader(1); });
      } catch (const Error& error) {
        return error.kind() == ErrorKind::conflict;
      }
      return false;
    });
    EXPECT_TRUE(succeeded(child));
    return orders_reader(2);
  });
  EXPECT_EQ(result.table->num_rows(), 2);
}

TEST(ForkedCache, SurvivesForksWhileThreadsUseIt) {
  CacheFolder folder;
  DataCache cache = folder.open();
  std::atomic<bool> done = false;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; !done; ++i) {
        cache.put(identity_of("busy", {{"i", 1000 * t + i % 20}}), orders_reader(50));
        cache.get(identity_of("busy", {{"i", i % 20}}));
      }
    });
  }
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(succeeded(start_child([&] {
      return cache.put(identity_of("child", {{"i", i}}), orders_reader(50)).hit() &&
             cache.get(identity_of("child", {{"i", i}})).hit();
    })));
  }
  done = true;
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(cache.list({"shop", "child", ""}).size(), 20u);
}

TEST(SharedCache, CanBeUsedByManyThreadsAtOnce) {
  CacheFolder folder;
  folder.options.max_bytes = 300'000;
  DataCache cache = folder.open();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        const auto identity = identity_of("work", {{"i", (i * 7 + t) % 30}});
        CacheEntryOptions entry;
        entry.form = i % 2 == 0 ? CacheForm::parquet : CacheForm::arrow;
        const auto result = cache.get_or_compute(
            identity, [&] { return orders_reader(500, i); }, entry);
        EXPECT_EQ(result.table->num_rows(), 500);
        if (i % 10 == 0) cache.statistics();
        if (i % 10 == 5) cache.explain(identity_of("work", {{"i", -1}}));
        if (t == 0 && i == 20) cache.gc(false);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_LE(cache.statistics().bytes, 300'000);
}

}  // namespace
}  // namespace cairn
