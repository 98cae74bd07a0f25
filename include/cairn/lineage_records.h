#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "cairn/value.h"

namespace cairn {

/// A dataset in lineage: `name`, in the namespace "cairn" for what this store publishes, "file" for
/// files, "cache" and "checkpoint" for those, or one of the user's own.
struct LineageDataset {
  std::string namespace_name = "cairn";
  std::string name;

  /// "file:raw/orders.csv" or "orders", which is in "cairn". Secrets in URIs are left out.
  static LineageDataset parse(std::string_view text);
  std::string text() const;
  bool operator==(const LineageDataset&) const = default;
  bool operator<(const LineageDataset& other) const {
    return std::tie(namespace_name, name) < std::tie(other.namespace_name, other.name);
  }
};

/// One version of a dataset: the node of the graph. What is not known is empty or -1.
struct LineageNode {
  LineageDataset dataset;
  int64_t sequence = 0;  // counts from 1 within the dataset; for published datasets, their version
  std::string digest;
  std::string schema;  // fingerprint
  int64_t rows = -1;
  int64_t bytes = -1;
  std::string path;
  Value::Map metadata;
  int64_t created = 0;       // microseconds UTC
  std::string failed_check;  // what integrity found wrong with it; empty where nothing was

  /// What "orders@42" or "file:raw/orders.csv" refers to; without a number, sequence 0.
  ///
  /// Errors   invalid_argument.
  static LineageNode parse(std::string_view reference);
  std::string text() const;
};

/// Something an export is made of.
struct LineageInput {
  LineageNode node;  // with sequence 0 the newest version that agrees with what is said of it
  std::string
      table;  // whose content is that of the node: digest, schema and rows are taken from it
};

/// How a column came to be, in the words of OpenLineage's column lineage facet 1-2-0.
struct ColumnEdge {
  std::string input_dataset;  // as LineageDataset::parse takes it
  std::string input_column;
  std::string output_dataset;
  std::string output_column;
  std::string type = "DIRECT";  // DIRECT or INDIRECT
  std::string subtype;          // IDENTITY, TRANSFORMATION, AGGREGATION, JOIN, FILTER, …

  bool operator==(const ColumnEdge&) const = default;
};

enum class RunState { RUNNING, COMPLETE, FAIL, ABORT };

std::string_view to_string(RunState state);

/// One execution of a job.
struct LineageRun {
  std::string id;  // UUIDv7, or what track_transformation was told
  std::string job;
  std::string kind;  // "export", "cache_hit", "checkpoint", or the user's word
  RunState state = RunState::COMPLETE;
  std::string parent;  // id
  std::string code_version;
  Value::Map parameters;
  std::string error;
  int64_t started = 0;  // microseconds UTC
  int64_t ended = 0;    // 0 while it runs
  std::vector<LineageNode> inputs;
  std::vector<LineageNode> outputs;
  std::vector<ColumnEdge> columns;
};

}  // namespace cairn
