#include "io/staged_file.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace cairn::io {

namespace fs = std::filesystem;

namespace {

// renameat2 refuses with EINVAL where a file system (some FUSE and network ones) has no
// RENAME_NOREPLACE; link fails on an existing name as well, so the promise not to replace holds
// there too.
void rename_without_replacing(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return;
  if (errno != EINVAL && errno != ENOSYS) throw system_error("publish", to);
  if (::link(from.c_str(), to.c_str()) != 0) throw system_error("publish", to);
  remove_file(from);
}

// Bytes that are handed to the disk together, while more are being made.
constexpr int64_t kWriteBehind = 8 << 20;

}  // namespace

StagedFile::StagedFile(fs::path staging, fs::path final_path, ChecksumChoice choice)
    : staging_(std::move(staging)), final_(std::move(final_path)), checksummer_(choice) {
  const int fd =
      ::open(staging_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) throw system_error("create", staging_);
  file_ = FileDescriptor(fd);
}

StagedFile::~StagedFile() {
  if (file_.is_open()) ::unlink(staging_.c_str());
}

void StagedFile::write(std::string_view bytes) {
  if (permit_) permit_(bytes_ + static_cast<int64_t>(bytes.size()));
  write_fully(file_.get(), bytes, staging_);
  checksummer_.update(bytes);
  bytes_ += static_cast<int64_t>(bytes.size());
  start_writing_back();
}

// Only a hint, so that fsync finds little left to wait for; that one alone says whether the bytes
// are durable, errors of what was started here included.
void StagedFile::start_writing_back() {
  if (bytes_ - handed_over_ < kWriteBehind) return;
  ::sync_file_range(file_.get(), handed_over_, bytes_ - handed_over_, SYNC_FILE_RANGE_WRITE);
  handed_over_ = bytes_;
}

void StagedFile::allow_reading() {
  if (::fchmod(file_.get(), 0644) != 0) throw system_error("set the mode of", staging_);
}

SealedFile StagedFile::sealed() {
  return SealedFile(std::move(file_), staging_, final_, bytes_, checksummer_.finish());
}

SealedFile StagedFile::seal() && {
  allow_reading();
  if (::fsync(file_.get()) != 0) throw system_error("make durable", staging_);
  return sealed();
}

SealedFile StagedFile::seal_without_sync() && {
  allow_reading();
  return sealed();
}

SealedFile::SealedFile(FileDescriptor owned, fs::path staging, fs::path final_path, int64_t bytes,
                       Checksums checksums)
    : owned_(std::move(owned)),
      staging_(std::move(staging)),
      final_(std::move(final_path)),
      bytes_(bytes),
      checksums_(std::move(checksums)) {}

SealedFile::~SealedFile() {
  if (owned_.is_open()) ::unlink(staging_.c_str());
}

PublishedFile SealedFile::publish() && {
  rename_without_replacing(staging_, final_);
  // From here on the file may be referred to: nothing of ours removes it by itself any more.
  if (::close(owned_.release()) != 0) throw system_error("close", final_);
  return PublishedFile(final_);
}

}  // namespace cairn::io
