#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace cairn::io {

/// The bytes of a file, mapped for reading. They stay when the name goes. Whoever cuts the file off
/// meanwhile ends the process that reads it (SIGBUS): only for files that are never written again.
class MappedFile {
 public:
  /// Map `bytes` from the start of an open file, which may be closed afterwards.
  MappedFile(int fd, int64_t bytes, const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return {static_cast<const char*>(address_), size_}; }

 private:
  void* address_ = nullptr;
  size_t size_;
};

}  // namespace cairn::io
