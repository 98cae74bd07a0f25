#include "io/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/names.h"
#include "io/file_lock.h"

namespace cairn::io {

namespace fs = std::filesystem;

namespace {

struct Reason {
  ErrorKind kind;
  const char* next_step;
};

Reason reason_of(int code) {
  switch (code) {
    case ENOENT:
    case ENOTDIR:
      return {ErrorKind::not_found, "check the path"};
    case EEXIST:
      return {ErrorKind::already_exists, ""};
    case EACCES:
    case EPERM:
    case EROFS:
      return {ErrorKind::permission, "check who owns it and whether it can be written"};
    case ENOSPC:
    case EDQUOT:
      return {ErrorKind::no_space, "free some space and run it again, nothing was published"};
    case EFBIG:
      return {ErrorKind::no_space,
              "raise the file size limit and run it again, nothing was published"};
    case EISDIR:
      return {ErrorKind::invalid_argument, "name a file"};
    case EMFILE:
    case ENFILE:
      return {ErrorKind::unavailable, "raise the limit of open files"};
    default:
      return {ErrorKind::io, ""};
  }
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : ".";
}

FileDescriptor checked(int fd, std::string_view doing, const fs::path& path) {
  if (fd < 0) throw system_error(doing, path);
  return FileDescriptor(fd);
}

FileStatus to_status(const struct stat& info) {
  const int64_t modified = int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec;
  return {{info.st_dev, info.st_ino},
          static_cast<int64_t>(info.st_nlink),
          info.st_size,
          int64_t{info.st_blocks} * 512,
          modified};
}

}  // namespace

Error system_error(std::string_view doing, const fs::path& path) {
  const int code = errno;
  const Reason reason = reason_of(code);
  return Error(
      reason.kind,
      fmt::format("cannot {} '{}': {}", doing, printable(path.native()), std::strerror(code)),
      reason.next_step);
}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = other.release();
  }
  return *this;
}

int FileDescriptor::release() {
  const int fd = fd_;
  fd_ = -1;
  return fd;
}

void FileDescriptor::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

FileDescriptor FileDescriptor::open_to_read(const fs::path& path) {
  return checked(::open(path.c_str(), O_RDONLY | O_CLOEXEC), "open", path);
}

FileDescriptor FileDescriptor::duplicate() const {
  return checked(::fcntl(fd_, F_DUPFD_CLOEXEC, 0), "duplicate", "a descriptor");
}

void write_fully(int fd, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw system_error("write", path);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

size_t read_at(int fd, int64_t offset, std::span<char> bytes, const fs::path& path) {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count =
        ::pread(fd, bytes.data() + done, bytes.size() - done, offset + static_cast<int64_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw system_error("read", path);
    if (count == 0) break;
    done += static_cast<size_t>(count);
  }
  return done;
}

std::string read_file(const fs::path& path, int64_t max_bytes) {
  const FileDescriptor file = FileDescriptor::open_to_read(path);
  const int64_t size = bytes_of_file(path);
  if (size > max_bytes) {
    throw Error(ErrorKind::invalid_argument,
                fmt::format("'{}' has {} bytes, more than the {} that can be read at once",
                            printable(path.native()), size, max_bytes));
  }
  std::string bytes(static_cast<size_t>(size), '\0');
  bytes.resize(read_at(file.get(), 0, bytes, path));
  return bytes;
}

FileStatus status_of_file(const fs::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) throw system_error("look at", path);
  return to_status(info);
}

FileStatus status_of_file(int fd, const fs::path& path) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) throw system_error("look at", path);
  return to_status(info);
}

std::optional<FileStatus> find_file(const fs::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0) return to_status(info);
  if (errno != ENOENT && errno != ENOTDIR) throw system_error("look at", path);
  return std::nullopt;
}

int64_t bytes_of_file(const fs::path& path) {
  return status_of_file(path).bytes;
}

bool file_exists(const fs::path& path) {
  return find_file(path).has_value();
}

void create_folders(const fs::path& path) {
  if (file_exists(path)) return;
  const fs::path parent = path.parent_path();
  if (!parent.empty()) create_folders(parent);
  if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST)
    throw system_error("create the folder", path);
  sync_folder(folder_of(path));
}

void sync_folder(const fs::path& folder) {
  const FileDescriptor file = checked(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                                      "open the folder", folder);
  if (::fsync(file.get()) != 0) throw system_error("make durable the folder", folder);
}

void remove_file(const fs::path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) throw system_error("remove", path);
}

bool link_file(const fs::path& from, const fs::path& to) {
  if (::link(from.c_str(), to.c_str()) == 0) return true;
  for (const int cannot : {EXDEV, EPERM, EMLINK, EOPNOTSUPP, ENOSYS, ENOENT})
    if (errno == cannot) return false;
  throw system_error("link", to);
}

void replace_file(const fs::path& path, std::string_view bytes) {
  // Always the same name, so that what a crash leaves is used up by the next replacement; the lock
  // keeps two that live apart.
  const fs::path temporary = folder_of(path) / fmt::format(".{}.tmp", path.filename().native());
  const FileLock file = FileLock::acquire(temporary);
  try {
    if (::ftruncate(file.descriptor(), 0) != 0) throw system_error("empty", temporary);
    ::fchmod(file.descriptor(), 0644);
    write_fully(file.descriptor(), bytes, temporary);
    if (::fsync(file.descriptor()) != 0) throw system_error("make durable", temporary);
    if (::rename(temporary.c_str(), path.c_str()) != 0) throw system_error("replace", path);
  } catch (const Error&) {
    ::unlink(temporary.c_str());
    throw;
  }
  sync_folder(folder_of(path));
}

FileDescriptor open_unnamed(const fs::path& folder) {
  return checked(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600),
                 "create a temporary file in", folder);
}

FileDescriptor open_seekable(const fs::path& path, const fs::path& spool_folder) {
  // Duplicated, so that closing it leaves standard input open.
  FileDescriptor from = path == "-"
                            ? checked(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0), "open", path)
                            : FileDescriptor::open_to_read(path);
  struct stat status {};
  if (::fstat(from.get(), &status) != 0) throw system_error("look at", path);
  if (S_ISREG(status.st_mode) && path != "-") return from;
  create_folders(spool_folder);
  FileDescriptor spool = open_unnamed(spool_folder);
  std::string chunk(1 << 20, '\0');
  for (;;) {
    const ssize_t count = ::read(from.get(), chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw system_error("read", path);
    if (count == 0) return spool;
    write_fully(spool.get(), std::string_view(chunk).substr(0, static_cast<size_t>(count)),
                spool_folder);
  }
}

}  // namespace cairn::io
