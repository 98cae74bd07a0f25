#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "cairn/dataset_version.h"
#include "cairn/lineage_records.h"

namespace cairn::catalog {

/// An export that has been announced: the row that exists before any of its files does.
struct ExportIntent {
  std::string uuid;
  std::string dataset;  // true name
  std::string writer;   // UUID of the writer, whose lock tells whether it lives
  TimePoint started;
  std::vector<std::string>
      paths;  // relative to output: staging and final names, everything a crash may leave behind
};

/// An export that was announced and not finished, or whose files wait to be removed.
struct UnfinishedExport {
  std::string uuid;
  std::string writer;
  std::vector<std::string> paths;
};

/// One data file, as the catalog keeps it.
struct FileRow : DatasetFile {
  Json details;  // dialect or writer options, formula cells
};

/// One table of a version, as the catalog keeps it.
struct TableRow : DatasetTable {
  std::string schema;  // data::encode_schema
  std::string leaves;  // data::pack_leaves
  Json profile;        // an array, one object a column
};

/// What a writer hands over to be committed.
struct VersionDraft {
  std::string export_uuid;
  std::string dataset;
  std::string operation = "export";  // export, rollback
  TimePoint created;
  std::string digest;  // over all tables
  int64_t rows = 0;    // over all tables
  int64_t bytes = 0;   // over all files
  std::string message;
  std::string author;
  std::optional<std::string> idempotency_key;
  std::optional<int64_t>
      expected_parent;  // conflict unless this is the newest version; 0 for "there is none"
  std::vector<std::string> tags;
  std::optional<std::string> run;  // lineage: the run that this is part of
  std::vector<LineageInput> inputs;
  Json details;  // verification, memory, timing, producer
  std::vector<TableRow> tables;
  std::vector<FileRow> files;
};

/// A committed version with everything known of it.
struct Version : DatasetVersion {
  Json details;
  std::vector<TableRow> table_rows;
  std::vector<FileRow> file_rows;
};

/// Something that happened to a dataset or version: verify, tag, rollback, expire.
struct EventRow {
  int64_t id = 0;
  TimePoint time;
  std::string dataset;
  int64_t version = 0;  // 0 where it is about the dataset
  std::string kind;
  Json details;
};

struct DatasetRow {
  std::string name;
  std::string slug;
  int64_t versions = 0;
  int64_t latest = 0;
  TimePoint changed;
};

/// What a catalog refers to, in numbers.
struct Totals {
  int64_t datasets = 0;
  int64_t versions = 0;  // committed
  int64_t bytes = 0;     // of the data files of committed versions, each counted once
};

}  // namespace cairn::catalog
