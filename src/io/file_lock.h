#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "io/file.h"

namespace cairn::io {

/// How long a lock is waited for: longer than anybody keeps one who is not stuck.
inline constexpr std::chrono::seconds kLockPatience{30};

/// A lock on a file, shared by processes and threads alike, freed by the kernel when its holder
/// dies. The number of the process that holds it stands in the file.
class FileLock {
 public:
  /// Wait for the lock, but not for ever: a process that was stopped must not stop all others. The
  /// file is made if it is missing.
  ///
  /// Errors   busy, naming who holds it and what to do.
  static FileLock acquire(const std::filesystem::path& path,
                          std::chrono::milliseconds patience = kLockPatience);

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
