#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

#include "cairn/error.h"

namespace cairn::io {

/// The Error for the system call that just failed, from errno: its kind, and "cannot `doing`
/// '`path`': reason".
Error system_error(std::string_view doing, const std::filesystem::path& path);

/// An open file, closed by its destructor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() { reset(); }
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;

  /// Open for reading.
  static FileDescriptor open_to_read(const std::filesystem::path& path);

  /// Another one for the same open file.
  FileDescriptor duplicate() const;

  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  int release();
  void reset();

 private:
  int fd_ = -1;
};

/// Write all of `bytes`: short writes and EINTR are looped over, anything else throws.
void write_fully(int fd, std::string_view bytes, const std::filesystem::path& path);

/// Read up to `bytes.size()` bytes at `offset`; fewer only at the end of the file.
size_t read_at(int fd, int64_t offset, std::span<char> bytes, const std::filesystem::path& path);

/// The whole of a file of at most `max_bytes`.
std::string read_file(const std::filesystem::path& path, int64_t max_bytes);

int64_t bytes_of_file(const std::filesystem::path& path);
bool file_exists(const std::filesystem::path& path);

/// Make `path` and what is missing above it, each made durable in its parent.
void create_folders(const std::filesystem::path& path);

/// Make the entries of a folder durable. A failure is final: the caller must not assume that any of
/// them is.
void sync_folder(const std::filesystem::path& folder);

/// Remove a file if it is there. The folder is not synced.
void remove_file(const std::filesystem::path& path);

/// Give a file a second name. False where the file system cannot, or there is no such file.
bool link_file(const std::filesystem::path& from, const std::filesystem::path& to);

/// What tells a file from every other, whatever its names.
struct FileIdentity {
  uint64_t device = 0;
  uint64_t inode = 0;

  bool operator==(const FileIdentity&) const = default;
  bool operator<(const FileIdentity& other) const {
    return std::tie(device, inode) < std::tie(other.device, other.inode);
  }
};

/// A file as it lies on disk: what tells whether it is still as it was seen before, too.
struct FileStatus {
  FileIdentity identity;
  int64_t names = 0;
  int64_t bytes = 0;
  int64_t disk_bytes = 0;  // of the blocks it has
  int64_t modified = 0;    // nanoseconds since 1970

  bool operator==(const FileStatus&) const = default;
};
FileStatus status_of_file(const std::filesystem::path& path);

/// The same for an open file, called `path` in messages, and nothing where there is no file.
FileStatus status_of_file(int fd, const std::filesystem::path& path);
std::optional<FileStatus> find_file(const std::filesystem::path& path);

/// Replace `path` by a file with these bytes, as one step that a crash cannot divide. What a crash
/// leaves beside it is gone after the next replacement.
void replace_file(const std::filesystem::path& path, std::string_view bytes);

/// An unnamed file for reading and writing in `folder`, gone when closed.
FileDescriptor open_unnamed(const std::filesystem::path& folder);

/// Open for reading at any offset: `path` itself where it is a regular file, else an unnamed file in
/// `spool_folder` (made when missing) with all that it yields. "-" is standard input.
FileDescriptor open_seekable(const std::filesystem::path& path,
                             const std::filesystem::path& spool_folder);

}  // namespace cairn::io
