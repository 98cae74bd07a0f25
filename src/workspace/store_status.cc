#include "workspace/store_status.h"

#include <fmt/format.h>

#include <set>

#include "catalog/checkpoint_rows.h"
#include "catalog/lineage_rows.h"
#include "io/machine.h"
#include "workspace/findings.h"
#include "workspace/state_findings.h"

namespace cairn::workspace {
namespace {

StoreStatus::Checkpoints measure_checkpoints(store::Store& store) {
  StoreStatus::Checkpoints measured;
  std::set<std::string> processes;
  for (const auto& row : store.catalog().checkpoints().list({})) {
    processes.insert(row.process);
    ++measured.checkpoints;
    measured.bytes += row.new_bytes;
  }
  measured.processes = static_cast<int64_t>(processes.size());
  return measured;
}

StoreStatus::Lineage measure_lineage(store::Store& store) {
  auto& rows = store.catalog().lineage();
  const catalog::LineageTotals totals = rows.totals();
  return {totals.datasets, totals.versions, totals.runs,
          static_cast<int64_t>(rows.running().size())};
}

}  // namespace

StoreStatus measure_status(store::Store& store, DataCache& cache,
                           const std::string& lineage_failure) {
  StoreStatus status;
  status.output = store.layout().output().string();
  const catalog::Totals totals = store.catalog().totals();
  status.datasets = totals.datasets;
  status.versions = totals.versions;
  status.bytes = totals.bytes;
  status.unfinished_exports = static_cast<int64_t>(store.catalog().unfinished().size());
  status.free_disk_bytes = io::free_disk_bytes(store.layout().output());
  status.cache = cache.statistics();
  status.checkpoints = measure_checkpoints(store);
  status.lineage = measure_lineage(store);
  status.findings = cheap_findings(store);
  status.findings.push_back(cache_finding(status.cache));
  if (!lineage_failure.empty()) {
    status.findings.push_back({"lineage", Finding::State::warn,
                               "not all that was done is recorded: " + lineage_failure,
                               "`cairn doctor` looks at the catalog"});
  }
  return status;
}

}  // namespace cairn::workspace
