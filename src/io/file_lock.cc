#include "io/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <thread>

namespace cairn::io {

namespace fs = std::filesystem;

namespace {

FileDescriptor open_lock_file(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (fd < 0) throw system_error("open", path);
  return FileDescriptor(fd);
}

bool lock(int fd, bool wait, const fs::path& path) {
  while (::flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB)) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) throw system_error("lock", path);
  }
  return true;
}

// A lock on a file that its last holder removed meanwhile locks nobody out.
bool still_named(int fd, const fs::path& path) {
  struct stat opened {
  }, named{};
  return ::fstat(fd, &opened) == 0 && ::stat(path.c_str(), &named) == 0 &&
         opened.st_ino == named.st_ino;
}

std::optional<FileDescriptor> open_and_lock(const fs::path& path, bool wait) {
  while (true) {
    FileDescriptor file = open_lock_file(path);
    if (!lock(file.get(), wait, path)) return std::nullopt;
    if (still_named(file.get(), path)) return file;
  }
}

}  // namespace

FileLock FileLock::acquire(const fs::path& path) {
  return FileLock(std::move(*open_and_lock(path, true)), path);
}

std::optional<FileLock> FileLock::try_acquire(const fs::path& path) {
  auto file = open_and_lock(path, false);
  if (!file) return std::nullopt;
  return FileLock(std::move(*file), path);
}

std::optional<FileLock> FileLock::try_acquire_for(const fs::path& path,
                                                  std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::chrono::microseconds pause{50};
  while (true) {
    if (auto lock = try_acquire(path)) return lock;
    if (std::chrono::steady_clock::now() > deadline) return std::nullopt;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::microseconds{2000});
  }
}

void FileLock::remove_and_release() && {
  remove_file(path_);
  file_.reset();
}

}  // namespace cairn::io
