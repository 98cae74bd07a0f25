#include "io/file_lock.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/temporary_folder.h"

namespace cairn::io {
namespace {

using cairn::testing::TemporaryFolder;

TEST(FileLock, LocksOutOthersUntilItIsGone) {
  const TemporaryFolder folder;
  {
    const FileLock held = FileLock::acquire(folder / "lock");
    EXPECT_FALSE(FileLock::try_acquire(folder / "lock"));
  }
  EXPECT_TRUE(FileLock::try_acquire(folder / "lock"));
}

TEST(FileLock, IsFreedByTheKernelWhenItsHolderIsKilled) {
  const TemporaryFolder folder;
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    const FileLock held = FileLock::acquire(folder / "lock");
    const bool told = write(ready[1], "x", 1) == 1;
    while (told) pause();
    _exit(1);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  EXPECT_FALSE(FileLock::try_acquire(folder / "lock"));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_TRUE(FileLock::try_acquire(folder / "lock"));
}

TEST(FileLock, OnARemovedFileLocksNobodyIn) {
  const TemporaryFolder folder;
  std::optional<FileLock> held = FileLock::acquire(folder / "lock");
  std::move(*held).remove_and_release();
  EXPECT_FALSE(file_exists(folder / "lock"));
  EXPECT_TRUE(FileLock::try_acquire(folder / "lock"));
}

}  // namespace
}  // namespace cairn::io
