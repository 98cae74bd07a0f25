#include "io/file_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <thread>

#include "base/names.h"
#include "cairn/error.h"

namespace cairn::io {

namespace fs = std::filesystem;

namespace {

FileDescriptor open_lock_file(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (fd < 0) throw system_error("open", path);
  return FileDescriptor(fd);
}

bool lock(int fd, const fs::path& path) {
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
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

constexpr int kPidWidth = 10;

// So that others can tell whom they wait for. Nothing depends on it, so it may fail.
void sign(int fd) {
  const std::string signature = fmt::format("{:<{}}\n", ::getpid(), kPidWidth);
  std::string found(signature.size(), '\0');
  const auto size = static_cast<ssize_t>(signature.size());
  if (::pread(fd, found.data(), found.size(), 0) == size && found == signature) return;
  static_cast<void>(::pwrite(fd, signature.data(), signature.size(), 0) == size);
}

std::optional<FileDescriptor> open_and_lock(const fs::path& path) {
  while (true) {
    FileDescriptor file = open_lock_file(path);
    if (!lock(file.get(), path)) return std::nullopt;
    if (!still_named(file.get(), path)) continue;
    sign(file.get());
    return file;
  }
}

// The process that signed a lock, and whether it was stopped.
struct Holder {
  int pid = 0;
  bool stopped = false;
};

Holder holder_of(const fs::path& path) {
  Holder holder;
  std::ifstream(path) >> holder.pid;
  // "<pid> (<name>) <state> ...", where the name may hold anything (proc(5)).
  std::ifstream status(fmt::format("/proc/{}/stat", holder.pid));
  std::string line;
  std::getline(status, line);
  const size_t name_ends = line.rfind(')');
  const char state = name_ends + 2 < line.size() ? line[name_ends + 2] : ' ';
  holder.stopped = state == 'T' || state == 't';
  return holder;
}

Error held_by_another(const fs::path& path, std::chrono::milliseconds patience) {
  const Holder holder = holder_of(path);
  const std::string who =
      holder.pid == 0
          ? "another process"
          : fmt::format("process {}{}", holder.pid, holder.stopped ? ", which is stopped," : "");
  return {ErrorKind::busy,
          fmt::format("cannot lock '{}' within {} s: {} holds it", printable(path.native()),
                      static_cast<double>(patience.count()) / 1000, who),
          holder.stopped
              ? fmt::format("let it go on with `kill -CONT {0}`, or end it with `kill -KILL {0}`; "
                            "what it left undone is then cleared away",
                            holder.pid)
              : "try again when it is done"};
}

}  // namespace

FileLock FileLock::acquire(const fs::path& path, std::chrono::milliseconds patience) {
  if (auto lock = try_acquire_for(path, patience)) return std::move(*lock);
  throw held_by_another(path, patience);
}

std::optional<FileLock> FileLock::try_acquire(const fs::path& path) {
  auto file = open_and_lock(path);
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
