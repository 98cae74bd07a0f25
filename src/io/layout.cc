#include "io/layout.h"

#include <fmt/format.h>

#include "base/names.h"
#include "cairn/error.h"
#include "io/folder.h"

namespace cairn::io {

namespace fs = std::filesystem;

Layout::Layout(fs::path output, fs::path temp)
    : output_(std::move(output)), temp_(std::move(temp)) {}

fs::path Layout::catalog() const {
  return output_ / "catalog.sqlite";
}
fs::path Layout::version_history() const {
  return output_ / "version_history.json";
}
fs::path Layout::catalog_lock() const {
  return output_ / "locks" / "catalog.lock";
}
fs::path Layout::recovery_lock() const {
  return output_ / "locks" / "recovery.lock";
}
fs::path Layout::mirrors_lock() const {
  return output_ / "locks" / "mirrors.lock";
}
fs::path Layout::writer_lock(std::string_view writer) const {
  return output_ / "locks" / fmt::format("{}.writer", writer);
}

std::vector<std::string> Layout::locked_writers() const {
  std::vector<std::string> writers;
  for (const FolderEntry& entry : list_files(output_ / "locks")) {
    const fs::path name(entry.name);
    if (name.extension() == ".writer") writers.push_back(name.stem());
  }
  return writers;
}

std::string Layout::data_file(std::string_view dataset, TimePoint created, std::string_view id8,
                              std::string_view format) {
  return fmt::format("{0}/{1}_{2}_{3}.{0}", format, slug(dataset), to_file_stamp(created), id8);
}

std::string Layout::analytical_file(std::string_view dataset, std::string_view table,
                                    TimePoint created, std::string_view id8,
                                    std::string_view format) {
  return fmt::format("analytical/{}_{}_{}_{}.{}", slug(dataset), slug(table),
                     to_file_stamp(created), id8, format);
}

// A slug may be shared by two datasets, so the number alone could name two manifests: Store keeps
// slugs apart.
std::string Layout::manifest(std::string_view dataset, int64_t version) {
  return fmt::format("metadata/{}_v{:06}.json", dataset, version);
}

std::string Layout::md5_sums(std::string_view dataset, int64_t version) {
  return fmt::format("metadata/{}_v{:06}.md5", dataset, version);
}

fs::path Layout::process_lock(std::string_view slug) const {
  return output_ / "locks" / fmt::format("{}.process", slug);
}

std::string Layout::checkpoint_id(std::string_view slug, TimePoint created, int64_t sequence) {
  return fmt::format("{}_{}-{:06}", slug, to_file_stamp(created), sequence);
}

fs::path Layout::checkpoints() const {
  return temp_ / "checkpoints";
}
fs::path Layout::staging_checkpoint(std::string_view id) const {
  return resolve_in(checkpoints(), fmt::format(".staging-{}", id));
}
fs::path Layout::checkpoint(std::string_view id) const {
  return resolve_in(checkpoints(), id);
}
fs::path Layout::corrupt_checkpoint(std::string_view id) const {
  return resolve_in(checkpoints(), fmt::format(".corrupt-{}", id));
}
fs::path Layout::trash_checkpoint(std::string_view id) const {
  return resolve_in(checkpoints(), fmt::format(".trash-{}", id));
}

fs::path Layout::resolve(std::string_view relative) const {
  return resolve_in(output_, relative);
}

fs::path Layout::resolve_in(const fs::path& folder, std::string_view relative) {
  const fs::path path(relative);
  bool inside = !path.empty() && path.is_relative();
  for (const fs::path& part : path) inside = inside && part != "..";
  if (!inside)
    throw Error(ErrorKind::corrupt, fmt::format("the path '{}' leaves the folder '{}'",
                                                printable(relative), printable(folder.native())));
  return folder / path;
}

}  // namespace cairn::io
