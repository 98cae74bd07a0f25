#include "io/folder.h"

#include <sys/stat.h>

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

bool is_missing_or_empty(const fs::path& folder) {
  if (!file_exists(folder)) return true;
  bool empty = true;
  for_each_entry(folder, [&](const fs::path&) { empty = false; });
  return empty;
}

}  // namespace cairn::io
