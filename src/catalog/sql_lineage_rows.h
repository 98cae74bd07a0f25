#pragma once

#include "catalog/lineage_rows.h"
#include "catalog/session.h"

namespace cairn::catalog {

/// Lineage over the session of a catalog.
class SqlLineageRows final : public LineageRows {
 public:
  explicit SqlLineageRows(Session& session) : session_(session) {}

  LineageNode register_version(const LineageNode& node, TimePoint now) override;
  std::vector<LineageRun> record(const std::vector<LineageRun>& runs, TimePoint now) override;
  void start(const LineageRun& run, std::string_view writer) override;
  LineageNode add_input(std::string_view run, const LineageNode& node, TimePoint now) override;
  LineageNode add_output(std::string_view run, const LineageNode& node, TimePoint now) override;
  void finish(std::string_view run, RunState state, std::string_view error, TimePoint now) override;
  bool abort(std::string_view run, TimePoint now) override;
  void mark_check(const LineageDataset& dataset, int64_t sequence,
                  std::string_view failed_check) override;

  void check_inputs(const std::vector<LineageInput>& inputs,
                    const std::optional<std::string>& run) override;
  std::vector<RunningRun> running() override;
  std::optional<KeyedNode> newest(const LineageDataset& dataset, Moment as_of) override;
  std::optional<KeyedNode> find(const LineageDataset& dataset, int64_t sequence) override;
  std::optional<KeyedNode> find_by_digest(std::string_view digest) override;
  std::vector<KeyedNode> versions(const LineageDataset& dataset, int64_t limit) override;
  std::vector<KeyedNode> datasets(int64_t limit) override;
  std::vector<KeyedNode> orphans(int64_t limit) override;
  std::optional<LineageRun> find_run(std::string_view id) override;
  std::vector<LineageRun> runs(std::string_view job, int64_t limit) override;
  LineageTotals totals() override;

  LineageWalk walk(const std::vector<int64_t>& start, const LineageSteps& steps) override;
  std::vector<LineageNode> nodes(std::span<const int64_t> keys) override;
  std::vector<LineageDataset> datasets_of(std::span<const int64_t> keys) override;
  std::vector<LineageRun> runs_of(std::span<const int64_t> keys) override;
  std::vector<LineageRun> makers(int64_t key) override;

 private:
  Session& session_;
};

}  // namespace cairn::catalog
