#include "io/file_lock.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/errors.h"
#include "support/temporary_folder.h"

namespace cairn::io {
namespace {

using cairn::testing::error_of;
using cairn::testing::TemporaryFolder;
using ::testing::HasSubstr;

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

TEST(FileLock, IsWaitedForWithinBounds) {
  const TemporaryFolder folder;
  const FileLock held = FileLock::acquire(folder / "lock");
  EXPECT_FALSE(FileLock::try_acquire_for(folder / "lock", std::chrono::milliseconds(2)));
  const auto error =
      error_of([&] { FileLock::acquire(folder / "lock", std::chrono::milliseconds(2)); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::busy);
  EXPECT_THAT(error->message(), HasSubstr(fmt::format("process {} holds it", getpid())));
}

TEST(FileLock, NamesAHolderThatWasStoppedAndHowToGoOn) {
  const TemporaryFolder folder;
  const pid_t child = fork();
  if (child == 0) {
    const FileLock held = FileLock::acquire(folder / "lock");
    raise(SIGSTOP);
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, WUNTRACED), child);
  ASSERT_TRUE(WIFSTOPPED(status));
  const auto error =
      error_of([&] { FileLock::acquire(folder / "lock", std::chrono::milliseconds(2)); });
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  ASSERT_TRUE(error);
  EXPECT_THAT(error->message(), HasSubstr(fmt::format("process {}, which is stopped,", child)));
  EXPECT_THAT(error->next_step(), HasSubstr(fmt::format("kill -CONT {}", child)));
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
