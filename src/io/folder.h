#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace cairn::io {

/// One regular file of a folder.
struct FolderEntry {
  std::string name;
  int64_t bytes = 0;
  std::chrono::system_clock::time_point modified;
};

/// The regular files directly in `folder`, in the order of their names; symbolic links are left
/// out.
std::vector<FolderEntry> list_files(const std::filesystem::path& folder);

/// Whether a folder is missing or has nothing in it.
bool is_missing_or_empty(const std::filesystem::path& folder);

}  // namespace cairn::io
