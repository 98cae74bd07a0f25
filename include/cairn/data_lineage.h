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
#include "cairn/lineage_records.h"
#include "cairn/value.h"

namespace cairn {

namespace store {
class Store;
}

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
  int64_t depth = 0;                  // steps; 0 for all
  int64_t limit = 100'000;            // nodes
  std::optional<int64_t> as_of = {};  // microseconds UTC: the graph as it was then
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
  /// Datasets that are not registered are. Every output gets a new version, but where it names one:
  /// `orders@7` is said to have been made by this. Saying the same again changes nothing.
  ///
  /// Errors   invalid_argument; not_found for a version that is not there; conflict for an id that
  /// is taken by another transformation.
  LineageRun track_transformation(const std::string& id, const std::vector<std::string>& inputs,
                                  const std::vector<std::string>& outputs,
                                  const std::string& transformation_type,
                                  const Value::Map& parameters = {},
                                  const std::vector<ColumnEdge>& columns = {});

  /// Record a run that is over. Its id and times are filled in where they are missing.
  LineageRun record_run(const LineageRun& run);

  /// The same for many, in one transaction: a thousand cost one commit. The mirror is left to
  /// whoever writes it next.
  std::vector<LineageRun> record_runs(std::vector<LineageRun> runs);

  /// Start a run: what it reads and makes is added while it runs. What it makes is made of all that
  /// it has read by then. A run ends with the store that started it, at the latest.
  LineageRun start_run(const std::string& job, const Value::Map& parameters = {},
                       const std::string& code_version = {}, const std::string& parent = {},
                       const std::string& kind = "run");

  /// A node with sequence 0 is the newest version that agrees with what is said of it, or a new one
  /// where none does; as an output it always is a new one. Returns it as it is recorded.
  ///
  /// Errors   not_found, conflict for a run that has ended.
  LineageNode add_input(const std::string& run, const LineageNode& node);
  LineageNode add_output(const std::string& run, const LineageNode& node);
  /// COMPLETE, or FAIL with an error.
  void finish_run(const std::string& run, const std::string& error = {});

  /// Mark runs whose process is dead as ABORT; returns how many.
  int64_t reap_runs();

  /// The newest version of a dataset, or `name@7` for that one.
  ///
  /// Errors   not_found, naming the nearest.
  LineageNode find(std::string_view reference) const;
  /// The version that was recorded last with this content, wherever it is.
  std::optional<LineageNode> find_by_digest(const std::string& digest) const;
  std::vector<LineageNode> versions(const LineageDataset& dataset, int64_t limit = 0) const;
  std::vector<LineageNode> datasets(int64_t limit = 0) const;  // the newest version of each
  LineageRun find_run(const std::string& id) const;
  std::vector<LineageRun> runs(const std::string& job = {}, int64_t limit = 0) const;

  LineageGraph upstream(std::string_view reference, const LineageQuery& query = {}) const;
  LineageGraph downstream(std::string_view reference, const LineageQuery& query = {}) const;
  /// Both ways.
  LineageGraph around(std::string_view reference, const LineageQuery& query = {}) const;
  /// All nodes on ways from one to another; from any version where no number is given.
  LineageGraph paths(std::string_view from, std::string_view to) const;
  /// Every dataset that a change of this one reaches, nearest first, with the number of its
  /// versions that do; from any version where no number is given.
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
