#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cairn/config.h"
#include "cairn/value.h"

namespace cairn {

namespace store {
class Store;
}

/// A dataset in lineage: `name`, in the namespace "cairn" for what this store publishes, "file" for
/// files, "cache" and "checkpoint" for those, or one of the user's own.
struct LineageDataset {
  std::string namespace_name = "cairn";
  std::string name;

  /// "file:raw/orders.csv" or "orders", which is in "cairn".
  static LineageDataset parse(std::string_view text);
  std::string text() const;
  bool operator==(const LineageDataset&) const = default;
  auto operator<=>(const LineageDataset&) const = default;
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

  /// "orders@42".
  std::string text() const;
};

/// How a column came to be, in the words of OpenLineage's column lineage facet 1-2-0.
struct ColumnEdge {
  std::string input_dataset;
  std::string input_column;
  std::string output_dataset;
  std::string output_column;
  std::string type = "DIRECT";  // DIRECT or INDIRECT
  std::string subtype;          // IDENTITY, TRANSFORMATION, AGGREGATION, JOIN, FILTER, …
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

/// What a traversal found: nodes, the edges between them, and the runs that made these.
struct LineageGraph {
  struct Edge {
    size_t from = 0;  // index into nodes: what was read
    size_t to = 0;    // what was made of it
    size_t run = 0;   // index into runs
  };

  std::vector<LineageNode> nodes;  // by distance from where it began, which comes first
  std::vector<LineageRun> runs;    // without inputs, outputs and columns: those are edges
  std::vector<Edge> edges;
  bool truncated = false;  // there is more than the limit allowed

  /// Reports; all of them the same graph.
  std::string to_text() const;  // a tree, for people
  std::string to_json() const;
  std::string to_mermaid() const;
  std::string to_dot() const;
  std::string to_html() const;  // one page, no network: focus and its neighbours, the rest on click
};

/// How two runs of a job differ.
struct RunDiff {
  struct Change {
    std::string what;  // "parameter threshold", "code", "input orders", "output rows orders"
    std::string before;
    std::string after;
  };
  std::vector<Change> changes;
};

/// Why a version may be wrong: the nearest ancestor with a failed check or a change.
struct RootCause {
  LineageNode node;
  int64_t distance = 0;
  std::string reason;  // "failed check: …", "code changed from … to …", "rows fell from … to …"
};

struct LineageQuery {
  int64_t depth = 0;             // steps; 0 for all
  int64_t limit = 100'000;       // nodes
  std::optional<int64_t> as_of;  // microseconds UTC: the graph as it was then
};

/// Where data came from and what was made of it. Exports, cache hits and checkpoints that go
/// through a PersistenceManager or a Workspace record themselves; `register_dataset` and
/// `track_transformation` are the manual way.
///
/// Source   spec §3 DataLineageTracker; design §12.
class DataLineageTracker {
 public:
  explicit DataLineageTracker(const PipelineConfig& config);
  explicit DataLineageTracker(std::shared_ptr<store::Store> store);

  /// Record a dataset. With the metadata it has already, nothing changes; with other, this is its
  /// next version, and the history stays.
  ///
  /// Errors   invalid_argument.
  LineageNode register_dataset(const std::string& dataset, const Value::Map& metadata = {});

  /// Record that a transformation made `outputs` of `inputs`: a run that started and completed.
  /// Datasets that are not registered are. Every output gets a new version.
  ///
  /// Errors   invalid_argument; conflict for an id that is taken by another transformation.
  LineageRun track_transformation(const std::string& id, const std::vector<std::string>& inputs,
                                  const std::vector<std::string>& outputs,
                                  const std::string& transformation_type,
                                  const Value::Map& parameters = {},
                                  const std::vector<ColumnEdge>& columns = {});

  /// Start a run: what it reads and makes is added while it runs.
  LineageRun start_run(const std::string& job, const Value::Map& parameters = {},
                       const std::string& code_version = {}, const std::string& parent = {});
  void add_input(const std::string& run, const LineageNode& node);
  void add_output(const std::string& run, const LineageNode& node);
  /// COMPLETE, or FAIL with an error.
  void finish_run(const std::string& run, const std::string& error = {});

  /// Mark runs whose process is dead as ABORT; returns how many.
  int64_t reap_runs();

  /// The newest version of a dataset, or `name@7` for that one.
  ///
  /// Errors   not_found, naming the nearest.
  LineageNode find(std::string_view reference) const;
  std::vector<LineageNode> versions(const LineageDataset& dataset) const;
  std::vector<LineageNode> datasets(int64_t limit = 0) const;  // the newest version of each
  LineageRun find_run(const std::string& id) const;
  std::vector<LineageRun> runs(const std::string& job = {}, int64_t limit = 0) const;

  LineageGraph upstream(std::string_view reference, const LineageQuery& query = {}) const;
  LineageGraph downstream(std::string_view reference, const LineageQuery& query = {}) const;
  /// Both ways.
  LineageGraph around(std::string_view reference, const LineageQuery& query = {}) const;
  /// All nodes on ways from one to another.
  LineageGraph paths(std::string_view from, std::string_view to) const;
  /// Every dataset that a change of this one reaches, with the number of its versions that do.
  std::vector<std::pair<LineageDataset, int64_t>> impact(std::string_view reference) const;
  RunDiff diff(const std::string& run_before, const std::string& run_after) const;
  std::optional<RootCause> root_cause(std::string_view reference) const;
  /// Versions that no run made and none used.
  std::vector<LineageNode> orphans(int64_t limit = 0) const;

  /// OpenLineage 2-0-2 events, one JSON object a line: of one run, or of all when empty.
  std::string to_openlineage(const std::string& run = {}) const;

 private:
  std::shared_ptr<store::Store> store_;
};

}  // namespace cairn
