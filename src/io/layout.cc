#include "io/layout.h"

#include <fmt/format.h>

#include <charconv>

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
fs::path Layout::data_lineage() const {
  return output_ / "data_lineage.json";
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

fs::path CacheLayout::index() const {
  return folder_ / "cache.sqlite";
}
fs::path CacheLayout::index_lock() const {
  return folder_ / "cache.lock";
}
fs::path CacheLayout::claims() const {
  return folder_ / "claims.lock";
}
fs::path CacheLayout::metadata() const {
  return folder_ / "cache_metadata.json";
}

std::string CacheLayout::entry(std::string_view key, std::string_view form) {
  return fmt::format("{}.{}", key, form);
}

fs::path CacheLayout::pin(std::string_view key) const {
  return folder_ / fmt::format("{}.pin", key);
}

fs::path CacheLayout::staging(std::string_view key, uint64_t writer) const {
  return folder_ / fmt::format(".{}.{:016x}.tmp", key, writer);
}

CacheLayout::Name CacheLayout::parse(std::string_view text) {
  constexpr size_t kKeyDigits = 64;
  constexpr size_t kWriterDigits = 16;
  Name name;
  const bool hidden = text.starts_with('.');
  if (hidden) text.remove_prefix(1);
  name.key = text.substr(0, kKeyDigits);
  if (name.key.size() < kKeyDigits ||
      name.key.find_first_not_of("0123456789abcdef") != name.key.npos)
    return {};
  const std::string_view rest = text.substr(kKeyDigits);
  if (hidden) {
    const std::string_view writer = rest.substr(0, kWriterDigits + 1);
    const auto* end = writer.data() + writer.size();
    if (rest.size() != writer.size() + 4 || !rest.starts_with('.') || !rest.ends_with(".tmp"))
      return {};
    const auto [stop, error] = std::from_chars(writer.data() + 1, end, name.writer, 16);
    if (error != std::errc() || stop != end) return {};
    name.kind = Name::Kind::staging;
  } else if (rest == ".pin") {
    name.kind = Name::Kind::pin;
  } else if (rest == ".parquet" || rest == ".arrow") {
    name.kind = Name::Kind::entry;
    name.form = rest.substr(1);
  } else {
    return {};
  }
  return name;
}

}  // namespace cairn::io
