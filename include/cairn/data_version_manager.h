#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/config.h"
#include "cairn/data_integrity.h"
#include "cairn/dataset_version.h"
#include "cairn/progress.h"

namespace arrow {
class MemoryPool;
class RecordBatchReader;
}  // namespace arrow

namespace cairn {

namespace store {
class Store;
}

/// A dataset and how to pick one of its versions: `name`, `name@42`, `name@v42`, `name@latest`,
/// `name@tag:gold`, `name@asof:2026-01-15`, or `name@` and the start of an export id.
struct VersionReference {
  std::string dataset;
  std::string selector = "latest";

  /// Errors: invalid_argument.
  static VersionReference parse(std::string_view text);
};

/// How two versions differ, told from their digests alone.
struct VersionDiff {
  struct Column {
    std::string name;
    std::string change;  // added, removed, type, values
    std::string before;  // types, where they differ
    std::string after;
    std::vector<std::pair<int64_t, int64_t>>
        rows;  // first and last of each block in which values differ
  };
  struct Table {
    std::string name;
    std::string change;  // added, removed, changed, identical
    int64_t rows_before = 0;
    int64_t rows_after = 0;
    std::vector<Column> columns;  // that differ
  };

  DatasetVersion before;
  DatasetVersion after;
  std::vector<Table> tables;

  bool identical() const;
};

/// Which versions stay: those that any rule keeps. The newest and every tagged version always do.
struct Retention {
  int64_t keep_last = 0;
  std::optional<std::chrono::seconds> keep_within;  // of now
};

/// What removal did, or with `dry_run` would do.
struct Removal {
  std::vector<DatasetVersion> versions;
  std::vector<std::string> files;  // relative to the output folder
  int64_t bytes = 0;
};

/// The versions of datasets: find, read, tag, compare, roll back, remove.
///
/// Source   spec §1 DataVersionManager.
class DataVersionManager {
 public:
  /// Opens the store of the configuration. Errors: not_found where there is none.
  explicit DataVersionManager(const PipelineConfig& config);
  explicit DataVersionManager(std::shared_ptr<store::Store> store);

  /// Newest first; of one dataset, or of all when `dataset` is empty; at most `limit`, 0 for all.
  std::vector<DatasetVersion> list(const std::string& dataset = {}, int64_t limit = 0) const;

  /// The newest committed version, or nothing.
  std::optional<DatasetVersion> latest(const std::string& dataset) const;

  /// Errors: not_found, naming what exists; invalid_argument for an id prefix that several versions
  /// share.
  DatasetVersion resolve(const VersionReference& reference) const;

  std::vector<DatasetTable> tables(const DatasetVersion& version) const;
  std::vector<DatasetFile> files(const DatasetVersion& version) const;

  /// The version's manifest: a Data Package v2 descriptor with an "x-cairn" object, as JSON text.
  std::string manifest(const DatasetVersion& version) const;

  /// The lines of `md5sum`, paths relative to the output folder.
  std::string md5_sums(const DatasetVersion& version) const;

  /// Read a table back with its recorded schema, from Parquet when there is a choice; the first
  /// table when `table` is empty.
  std::shared_ptr<arrow::RecordBatchReader> read(const DatasetVersion& version,
                                                 const std::string& table = {},
                                                 const std::string& format = {},
                                                 arrow::MemoryPool* pool = nullptr) const;

  /// Copy the files of a version, its manifest as datapackage.json and its MD5SUMS into a folder
  /// that is empty or new, checking every byte on the way.
  void get(const DatasetVersion& version, const std::filesystem::path& folder,
           Progress& progress = no_progress()) const;

  VersionDiff diff(const DatasetVersion& before, const DatasetVersion& after) const;

  void tag(const DatasetVersion& version, const std::string& name, bool replace = false);
  void untag(const std::string& dataset, const std::string& name);

  /// A new newest version that has the files of `to`.
  DatasetVersion rollback(const DatasetVersion& to, const std::string& message = {});

  /// Verify the files of a version, and record that it happened.
  IntegrityReport verify(const DatasetVersion& version, VerifyLevel level,
                         Progress& progress = no_progress());

  /// The same for several versions, a report for each; a file that some of them share is read once.
  std::vector<IntegrityReport> verify(const std::vector<DatasetVersion>& versions,
                                      VerifyLevel level, Progress& progress = no_progress());

  /// Expire what the rules do not keep, of one dataset or of all.
  Removal expire(const std::string& dataset, const Retention& retention, bool dry_run = true);

  /// Files in the data folders, older than a day and of our naming, that no version refers to.
  Removal remove_orphans(bool dry_run = true);

 private:
  std::shared_ptr<store::Store> store_;
};

}  // namespace cairn
