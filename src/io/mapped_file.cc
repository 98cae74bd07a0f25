#include "io/mapped_file.h"

#include <sys/mman.h>

#include "io/file.h"

namespace cairn::io {

MappedFile::MappedFile(int fd, int64_t bytes, const std::filesystem::path& path)
    : size_(static_cast<size_t>(bytes)) {
  if (size_ == 0) return;
  address_ = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, fd, 0);
  if (address_ == MAP_FAILED) throw system_error("map", path);
}

MappedFile::~MappedFile() {
  if (size_ > 0) ::munmap(address_, size_);
}

}  // namespace cairn::io
