#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace cairn::io {

/// Every path inside a store, built here and nowhere else. User text enters a path only as a slug.
///
///   output/  catalog.sqlite · csv/ · parquet/ · analytical/ · metadata/ · version_history.json ·
///           data_lineage.json ·
///   locks/ temp/    spools of standard input · checkpoints/
class Layout {
 public:
  Layout(std::filesystem::path output, std::filesystem::path temp);

  const std::filesystem::path& output() const { return output_; }
  const std::filesystem::path& temp() const { return temp_; }

  std::filesystem::path catalog() const;
  std::filesystem::path version_history() const;
  std::filesystem::path data_lineage() const;

  /// The lock that serialises catalog writers, the one held by recovery, and the one held while
  /// JSON mirrors of the catalog are written.
  std::filesystem::path catalog_lock() const;
  std::filesystem::path recovery_lock() const;
  std::filesystem::path mirrors_lock() const;

  /// The lock that a writer holds while it lives; `writer` is its UUID.
  std::filesystem::path writer_lock(std::string_view writer) const;

  /// The writers whose locks have files, whether they live or not.
  std::vector<std::string> locked_writers() const;

  /// The lock that the writer of a process holds, and what its checkpoints are called and lie in:
  /// in the making, whole, found damaged, and on their way out.
  std::filesystem::path process_lock(std::string_view slug) const;
  static std::string checkpoint_id(std::string_view slug, TimePoint created, int64_t sequence);
  std::filesystem::path checkpoints() const;
  std::filesystem::path staging_checkpoint(std::string_view id) const;
  std::filesystem::path checkpoint(std::string_view id) const;
  std::filesystem::path corrupt_checkpoint(std::string_view id) const;
  std::filesystem::path trash_checkpoint(std::string_view id) const;

  // Paths below, relative to output(): the form stored in the catalog and in manifests.

  /// csv/<dataset>_<stamp>_<id8>.csv, for the processed data of an export.
  static std::string data_file(std::string_view dataset, TimePoint created, std::string_view id8,
                               std::string_view format);

  /// analytical/<dataset>_<table>_<stamp>_<id8>.csv, for one of its analytical tables.
  static std::string analytical_file(std::string_view dataset, std::string_view table,
                                     TimePoint created, std::string_view id8,
                                     std::string_view format);

  /// metadata/<dataset>_v000042.json and its .md5 beside it.
  static std::string manifest(std::string_view dataset, int64_t version);
  static std::string md5_sums(std::string_view dataset, int64_t version);

  /// Where `relative` lies. Throws corrupt for a path that leaves output().
  std::filesystem::path resolve(std::string_view relative) const;

  /// The same in any folder.
  static std::filesystem::path resolve_in(const std::filesystem::path& folder,
                                          std::string_view relative);

 private:
  std::filesystem::path output_;
  std::filesystem::path temp_;
};

/// Every path inside the folder of a cache.
///
///   <key>.parquet · <key>.arrow · <key>.pin · cache.sqlite · cache_metadata.json · cache.lock ·
///   claims.lock
class CacheLayout {
 public:
  explicit CacheLayout(std::filesystem::path folder) : folder_(std::move(folder)) {}

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path index() const;
  std::filesystem::path index_lock() const;
  std::filesystem::path claims() const;
  std::filesystem::path metadata() const;

  /// The name of an entry's file, relative to folder().
  static std::string entry(std::string_view key, std::string_view form);
  std::filesystem::path pin(std::string_view key) const;

  /// The unseen file that becomes an entry; `writer` tells writers of one key apart.
  std::filesystem::path staging(std::string_view key, uint64_t writer) const;

  /// What a name in folder() is.
  struct Name {
    enum class Kind { entry, staging, pin, other };

    Kind kind = Kind::other;
    std::string key;
    std::string form;     // of an entry
    uint64_t writer = 0;  // of a staging file
  };
  static Name parse(std::string_view name);

 private:
  std::filesystem::path folder_;
};

}  // namespace cairn::io
