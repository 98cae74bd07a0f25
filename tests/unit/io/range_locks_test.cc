#include "io/range_locks.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <optional>

#include "support/temporary_folder.h"

namespace cairn::io {
namespace {

class RangeLocksTest : public ::testing::Test {
 protected:
  testing::TemporaryFolder folder_;
  RangeLocks one_{folder_ / "claims.lock"};
  RangeLocks other_{folder_ / "claims.lock"};
};

int exit_of_child(const std::function<bool()>& work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work() ? 0 : 1);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(RangeLocksTest, GiveEachPositionToOne) {
  std::optional<RangeLocks::Held> held = one_.try_acquire(7);
  ASSERT_TRUE(held);
  EXPECT_FALSE(one_.try_acquire(7)) << "by another thread, for all it knows";
  EXPECT_FALSE(other_.try_acquire(7));
  EXPECT_TRUE(other_.try_acquire(8));
  EXPECT_TRUE(one_.is_held(7));
  EXPECT_TRUE(other_.is_held(7));
  held.reset();
  EXPECT_FALSE(other_.is_held(7));
  EXPECT_TRUE(other_.try_acquire(7));
}

TEST_F(RangeLocksTest, LeaveAnEmptyFile) {
  const auto held = one_.try_acquire(int64_t{1} << 61);
  ASSERT_TRUE(held);
  EXPECT_EQ(bytes_of_file(folder_ / "claims.lock"), 0);
}

TEST_F(RangeLocksTest, AreNotThoseOfAChild) {
  std::optional<RangeLocks::Held> held = one_.try_acquire(7);
  EXPECT_EQ(exit_of_child([&] { return one_.is_held(7) && !one_.try_acquire(7); }), 0);
  EXPECT_EQ(exit_of_child([&] {
              held.reset();
              return true;
            }),
            0);
  EXPECT_TRUE(other_.is_held(7)) << "a child that lets go lets go of nothing";
}

TEST_F(RangeLocksTest, AreFreeWhenTheirProcessIsKilledThoughItsChildLives) {
  int ready[2];
  int done[2];
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(done), 0);
  const pid_t holder = ::fork();
  char byte = 0;
  if (holder == 0) {
    const auto held = one_.try_acquire(7);
    if (::fork() == 0) {
      if (::write(ready[1], "x", 1) != 1) ::_exit(1);
      if (::read(done[0], &byte, 1) != 1) ::_exit(1);
      ::_exit(0);
    }
    ::pause();
    ::_exit(held ? 0 : 1);
  }
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_TRUE(other_.is_held(7));
  ::kill(holder, SIGKILL);
  ::waitpid(holder, nullptr, 0);
  EXPECT_FALSE(other_.is_held(7));
  ASSERT_EQ(::write(done[1], "x", 1), 1);
  for (const int fd : {ready[0], ready[1], done[0], done[1]}) ::close(fd);
}

}  // namespace
}  // namespace cairn::io
