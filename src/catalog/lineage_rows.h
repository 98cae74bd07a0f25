#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "cairn/lineage_records.h"
#include "catalog/lineage_walk.h"

namespace cairn::catalog {

/// A node and the key of its row: what edges are made of. Keys grow in the order of recording.
struct KeyedNode {
  int64_t key = 0;
  LineageNode node;
};

/// A run that has not ended, and the writer that started it.
struct RunningRun {
  std::string id;
  std::string writer;
};

/// How much there is. Nothing of lineage is ever deleted.
struct LineageTotals {
  int64_t datasets = 0;
  int64_t versions = 0;
  int64_t runs = 0;
};

/// What lineage keeps in the catalog: versions of datasets, runs, and what they made of what. Every
/// change is one transaction, durable when the call returns; secrets are taken out of all text
/// before it is stored.
///
/// A node that is referred to with sequence 0 is the newest version of its dataset that agrees with
/// what is known of it, and a new version where none does.
///
/// Errors   those of Catalog; invalid_argument for names and values that cannot be stored.
class LineageRows {
 public:
  using Moment = std::optional<int64_t>;  // microseconds UTC; nothing for now

  virtual ~LineageRows() = default;

  // Writing.

  virtual LineageNode register_version(const LineageNode& node, TimePoint now) = 0;

  /// Record whole runs, with what they read and made. A run that is there already is returned as it
  /// is; conflict if it is another one.
  virtual std::vector<LineageRun> record(const std::vector<LineageRun>& runs, TimePoint now) = 0;

  virtual void start(const LineageRun& run, std::string_view writer) = 0;

  /// Errors   not_found, conflict for a run that has ended.
  virtual LineageNode add_input(std::string_view run, const LineageNode& node, TimePoint now) = 0;
  virtual LineageNode add_output(std::string_view run, const LineageNode& node, TimePoint now) = 0;
  virtual void finish(std::string_view run, RunState state, std::string_view error,
                      TimePoint now) = 0;

  /// End a run whose writer died; false when it had ended.
  virtual bool abort(std::string_view run, TimePoint now) = 0;

  /// Say what integrity found wrong with a version; empty when it is well again.
  virtual void mark_check(const LineageDataset& dataset, int64_t sequence,
                          std::string_view failed_check) = 0;

  // Finding.

  /// Whether a publication may say that it is made of these, as part of that run.
  ///
  /// Errors   invalid_argument, not_found; conflict for a run that has ended.
  virtual void check_inputs(const std::vector<LineageInput>& inputs,
                            const std::optional<std::string>& run) = 0;

  virtual std::vector<RunningRun> running() = 0;
  virtual std::optional<KeyedNode> newest(const LineageDataset& dataset, Moment as_of) = 0;
  virtual std::optional<KeyedNode> find(const LineageDataset& dataset, int64_t sequence) = 0;

  /// The last recorded version with this content.
  virtual std::optional<KeyedNode> find_by_digest(std::string_view digest) = 0;

  /// Newest first; `limit` 0 for all.
  virtual std::vector<KeyedNode> versions(const LineageDataset& dataset, int64_t limit) = 0;

  /// The newest version of each dataset, most recently changed first; `limit` 0 for all.
  virtual std::vector<KeyedNode> datasets(int64_t limit) = 0;

  /// Versions that no run made and none used, newest first; `limit` 0 for all.
  virtual std::vector<KeyedNode> orphans(int64_t limit) = 0;

  virtual std::optional<LineageRun> find_run(std::string_view id) = 0;

  /// With inputs and outputs, newest first; of one job, or of all when empty; `limit` 0 for all.
  virtual std::vector<LineageRun> runs(std::string_view job, int64_t limit) = 0;

  virtual LineageTotals totals() = 0;

  // The graph, by keys.

  /// The nodes that are reached from `start`, which comes first, and the edges between them, as
  /// they all were at one moment.
  virtual LineageWalk walk(const std::vector<int64_t>& start, const LineageSteps& steps) = 0;

  /// In the order of `keys`.
  virtual std::vector<LineageNode> nodes(std::span<const int64_t> keys) = 0;

  virtual std::vector<LineageDataset> datasets_of(std::span<const int64_t> keys) = 0;

  /// Without inputs and outputs, in the order of `keys`.
  virtual std::vector<LineageRun> runs_of(std::span<const int64_t> keys) = 0;

  /// Which runs made a node.
  virtual std::vector<LineageRun> makers(int64_t key) = 0;
};

}  // namespace cairn::catalog
