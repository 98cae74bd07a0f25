#pragma once

#include <arrow/type_fwd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/config.h"
#include "cairn/data_integrity.h"
#include "cairn/dataset_version.h"
#include "cairn/lineage_records.h"
#include "cairn/progress.h"

namespace cairn {

namespace store {
class Store;
}

/// A table on its way into a dataset.
struct TableInput {
  std::string name;
  std::shared_ptr<arrow::RecordBatchReader> rows;
  int64_t expected_rows = -1;  // for progress, where it is known
};

/// What is said about an export beside its data.
struct ExportNote {
  std::string message;
  std::string author;  // the user and host when empty
  std::vector<std::string> tags;
  std::optional<std::string>
      idempotency_key;  // a retry with the same key returns the version that exists
  std::optional<int64_t>
      expected_parent;  // conflict unless this is the newest version; 0 for "there is none"

  // For lineage, which every export enters with its commit.
  std::optional<std::string> run;    // the id of a started run that this is part of
  std::vector<LineageInput> inputs;  // what it is made of
};

/// Bytes, by who counted them.
struct MemoryUse {
  int64_t input = 0;      // Arrow memory of all rows that came in
  int64_t budget = 0;     // what might be in use at once
  int64_t pool_peak = 0;  // most that was allocated on the way
  int64_t rss_peak = 0;   // most that the process ever held, by the operating system's count
};

/// What an export made.
struct ExportSummary {
  DatasetVersion version;
  std::vector<DatasetTable> tables;
  std::vector<DatasetFile> files;
  std::filesystem::path output;    // the folder that file paths are relative to
  std::filesystem::path manifest;  // Data Package descriptor of this version
  std::filesystem::path md5_sums;  // for `md5sum -c`, started in `output`
  MemoryUse memory;
  std::chrono::microseconds elapsed{0};
  std::vector<std::string> warnings;
  bool reused = false;  // an earlier export with the same idempotency key; nothing was written
};

/// What an export would make.
struct ExportPlan {
  std::string dataset;
  int64_t next_version = 1;
  std::vector<DatasetFile> files;  // with their paths; rows and bytes not yet known
  int64_t memory_budget = 0;
  int64_t free_disk_bytes = 0;
};

/// Writes tables in every configured format, verifies them, and makes them visible together as one
/// version.
///
/// Source   spec §1 DataExporter; docs/durability.md.
class DataExporter {
 public:
  /// Opens the store of the configuration, making it if there is none.
  explicit DataExporter(const PipelineConfig& config);
  explicit DataExporter(std::shared_ptr<store::Store> store);

  /// Write `table` in every configured format and record it as the newest version of
  /// `dataset_name`.
  ///
  /// Shape    any rows x columns; every Arrow type except union.
  /// Units    sizes in bytes; times UTC, microseconds.
  /// Effects  files and one catalog version; after a crash either all exist or none is visible.
  /// Errors   invalid_argument, unsupported, io, no_space, memory_budget, corrupt, conflict,
  /// commit_unknown, cancelled.
  ExportSummary export_table(std::shared_ptr<arrow::RecordBatchReader> table,
                             const std::string& dataset_name, const ExportNote& note = {},
                             Progress& progress = no_progress());

  /// The same for several tables as one version. The first is the processed data, the others
  /// analytical tables.
  ExportSummary export_tables(const std::vector<TableInput>& tables,
                              const std::string& dataset_name, const ExportNote& note = {},
                              Progress& progress = no_progress());

  /// What export_tables would do; nothing is written and no row is read.
  ExportPlan plan(const std::vector<std::string>& table_names, const std::string& dataset_name);

  /// Where codecs and readers allocate: sources that use it count against the memory budget.
  arrow::MemoryPool* memory_pool();

 private:
  struct Resources;

  std::shared_ptr<store::Store> store_;
  std::shared_ptr<Resources> resources_;
};

/// Exports a complete dataset: processed data and analytical tables, as one version.
///
/// Source   spec §1 ExportManager.
class ExportManager {
 public:
  explicit ExportManager(const PipelineConfig& config);
  explicit ExportManager(std::shared_ptr<store::Store> store);

  /// Write everything in every configured format and record it as the newest version of
  /// `dataset_name`. The table of the processed data is named `processed_data`. Effects and errors
  /// as DataExporter::export_table.
  ExportSummary export_complete_dataset(std::shared_ptr<arrow::RecordBatchReader> processed_data,
                                        const std::vector<TableInput>& analytical_tables,
                                        const std::string& dataset_name,
                                        const ExportNote& note = {},
                                        Progress& progress = no_progress());

  DataExporter& exporter() { return exporter_; }

 private:
  DataExporter exporter_;
};

/// The name of the table of the processed data.
inline constexpr std::string_view kProcessedTable = "processed_data";

}  // namespace cairn
