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

/// Make one folder, whose parent exists. It is not made durable. Errors: already_exists.
void create_folder(const std::filesystem::path& path);

/// Give a folder another name beside its old one, failing if that is taken. The parent is not
/// synced.
void rename_folder(const std::filesystem::path& from, const std::filesystem::path& to);

/// Remove a folder, if it is there, with the files in it and in its folders, which have none of
/// their own. Symbolic links are removed and never followed. The parent is not synced.
void remove_folder(const std::filesystem::path& path);

/// Whether a folder is missing or has nothing in it.
bool is_missing_or_empty(const std::filesystem::path& folder);

}  // namespace cairn::io
