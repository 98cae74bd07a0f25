#pragma once

#include <chrono>
#include <filesystem>
#include <optional>

#include "io/file.h"

namespace cairn::io {

/// A lock on a file, shared by processes and threads alike, freed by the kernel when its holder
/// dies.
class FileLock {
 public:
  /// Wait for the lock; the file is made if it is missing.
  static FileLock acquire(const std::filesystem::path& path);

  /// The lock, or nothing when somebody holds it.
  static std::optional<FileLock> try_acquire(const std::filesystem::path& path);

  /// The lock, or nothing when it stayed with others for so long. Polls, because a kernel lock has
  /// no timeout.
  static std::optional<FileLock> try_acquire_for(const std::filesystem::path& path,
                                                 std::chrono::milliseconds patience);

  int descriptor() const { return file_.get(); }

  /// Remove the file while still holding the lock, so that no list of dead locks grows.
  void remove_and_release() &&;

 private:
  FileLock(FileDescriptor file, std::filesystem::path path)
      : file_(std::move(file)), path_(std::move(path)) {}

  FileDescriptor file_;
  std::filesystem::path path_;
};

}  // namespace cairn::io
