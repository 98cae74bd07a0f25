#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "io/checksum.h"
#include "io/file.h"

namespace cairn::io {

/// A published file: durable under its final name. It is never removed by a destructor, because a
/// catalog row may refer to it.
class PublishedFile {
 public:
  const std::filesystem::path& path() const { return path_; }

 private:
  friend class SealedFile;
  explicit PublishedFile(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
};

/// A file whose bytes are durable, where that was asked for, but which no reader sees yet. Removed by its destructor unless
/// published.
class SealedFile {
 public:
  ~SealedFile();
  SealedFile(SealedFile&&) noexcept = default;
  SealedFile& operator=(SealedFile&&) noexcept = default;

  /// Where its bytes can be read back now.
  const std::filesystem::path& staging_path() const { return staging_; }
  int64_t bytes() const { return bytes_; }
  const Checksums& checksums() const { return checksums_; }

  /// Give it its final name, failing if that is taken. The folder is not synced: the caller syncs
  /// each folder once, after the last file (docs/durability.md, step "publish").
  PublishedFile publish() &&;

 private:
  friend class StagedFile;
  SealedFile(FileDescriptor owned, std::filesystem::path staging, std::filesystem::path final_path,
             int64_t bytes, Checksums checksums);

  // Held only to know whether this object still owns the name; a moved-from one does not.
  FileDescriptor owned_;
  std::filesystem::path staging_;
  std::filesystem::path final_;
  int64_t bytes_;
  Checksums checksums_;
};

/// A file being written, beside its final place. Removed by its destructor unless sealed. Not for
/// two threads at once.
class StagedFile {
 public:
  /// Create `staging` anew; it must be in the folder of `final_path`, which must exist.
  StagedFile(std::filesystem::path staging, std::filesystem::path final_path,
             ChecksumChoice choice);
  ~StagedFile();
  StagedFile(StagedFile&&) noexcept = default;
  StagedFile& operator=(StagedFile&&) = delete;

  /// Append, and add to the checksums exactly the bytes handed to write().
  void write(std::string_view bytes);
  int64_t bytes() const { return bytes_; }

  /// Ask `permit`, with the size that the file would get, before every write. It may throw.
  void before_growing(std::function<void(int64_t bytes)> permit) { permit_ = std::move(permit); }

  /// Make the bytes durable, once: after a failed fsync the pages may be marked clean and lost, so
  /// it is never tried again and the file is abandoned (Rebello et al., ATC 2020).
  SealedFile seal() &&;

  /// The same for a file that may be lost or torn by a power failure, since whoever reads it checks
  /// it and can do without.
  SealedFile seal_without_sync() &&;

 private:
  void start_writing_back();
  void allow_reading();
  SealedFile sealed();

  FileDescriptor file_;
  std::filesystem::path staging_;
  std::filesystem::path final_;
  Checksummer checksummer_;
  std::function<void(int64_t)> permit_;
  int64_t bytes_ = 0;
  int64_t handed_over_ = 0;  // of these, to the disk
};

}  // namespace cairn::io
