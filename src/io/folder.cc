#include "io/folder.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "io/file.h"

namespace cairn::io {

namespace fs = std::filesystem;

namespace {

template <typename Visit>
void for_each_entry(const fs::path& folder, const Visit& visit) {
  std::error_code code;
  fs::directory_iterator entries(folder, code);
  for (; !code && entries != fs::directory_iterator(); entries.increment(code))
    visit(entries->path());
  if (!code) return;
  errno = code.value();
  throw system_error("list the folder", folder);
}

bool is_folder(const fs::path& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

void remove_folder(const fs::path& path, int levels) {
  if (!is_folder(path)) return;
  std::vector<fs::path> entries;
  for_each_entry(path, [&](const fs::path& entry) { entries.push_back(entry); });
  for (const fs::path& entry : entries) {
    if (levels > 1 && is_folder(entry)) {
      remove_folder(entry, levels - 1);
    } else {
      remove_file(entry);
    }
  }
  if (::rmdir(path.c_str()) != 0 && errno != ENOENT) throw system_error("remove the folder", path);
}

}  // namespace

std::vector<FolderEntry> list_files(const fs::path& folder) {
  std::vector<FolderEntry> files;
  for_each_entry(folder, [&](const fs::path& path) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return;
    files.push_back({path.filename().string(), info.st_size,
                     std::chrono::system_clock::from_time_t(info.st_mtime)});
  });
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return files;
}

void create_folder(const fs::path& path) {
  if (::mkdir(path.c_str(), 0777) != 0) throw system_error("create the folder", path);
}

void rename_folder(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return;
  // Where a file system does not know the flag, rename does not replace a folder that holds
  // anything either.
  if (errno != EINVAL && errno != ENOSYS) throw system_error("rename the folder to", to);
  if (::rename(from.c_str(), to.c_str()) != 0) throw system_error("rename the folder to", to);
}

void remove_folder(const fs::path& path) {
  remove_folder(path, /*levels=*/2);
}

bool is_missing_or_empty(const fs::path& folder) {
  if (!file_exists(folder)) return true;
  bool empty = true;
  for_each_entry(folder, [&](const fs::path&) { empty = false; });
  return empty;
}

}  // namespace cairn::io
