#include "workspace/state_findings.h"

#include <fmt/format.h>

#include <set>

#include "base/names.h"
#include "base/quantities.h"
#include "workspace/findings.h"

namespace cairn::workspace {
namespace {

using State = Finding::State;

Finding checkpoint_finding(CheckpointManager& checkpoints, const std::string& process) {
  const std::string what = "checkpoints of " + printable(process);
  try {
    const auto recovery = checkpoints.load_latest(process);
    if (!recovery) return {what, State::ok, "none", ""};
    const RecoveryReport& report = recovery->report;
    if (report.skipped.empty()) return {what, State::ok, report.chosen + " can be loaded", ""};
    return {what, State::warn,
            fmt::format("{} cannot be loaded: {}; {} can", report.skipped.front().checkpoint.id,
                        report.skipped.front().reason, report.chosen),
            "`cairn checkpoint rm` removes the damaged one"};
  } catch (const Error& error) {
    return failure(what, error);
  }
}

}  // namespace

Finding cache_finding(const CacheStatistics& statistics) {
  std::string detail =
      fmt::format("{} entries, {} of {}", format_count(statistics.entries),
                  format_bytes(statistics.bytes), format_bytes(statistics.max_bytes));
  if (statistics.weak_entries > 0) {
    detail += fmt::format("; {} name no input and no code, and cannot see that data changed",
                          format_count(statistics.weak_entries));
  }
  return {"cache", State::ok, detail, ""};
}

Finding cache_waste_finding(DataCache& cache) {
  const CacheRemoval waste = cache.gc(true);
  if (waste.entries.empty() && waste.stray_files.empty())
    return {"cache entries", State::ok, "all can be used", ""};
  return {"cache entries", State::ok,
          fmt::format("{} entries and {} files are of no more use, {}", waste.entries.size(),
                      waste.stray_files.size(), format_bytes(waste.bytes)),
          "`cairn gc --state --apply` removes them"};
}

std::vector<Finding> checkpoint_findings(CheckpointManager& checkpoints) {
  std::set<std::string> processes;
  for (const CheckpointInfo& checkpoint : checkpoints.list_checkpoints())
    processes.insert(checkpoint.process);
  std::vector<Finding> findings;
  for (const std::string& process : processes)
    findings.push_back(checkpoint_finding(checkpoints, process));
  return findings;
}

Finding lineage_finding(const StoreStatus::Lineage& lineage) {
  return {"lineage", State::ok,
          fmt::format("{} versions of {} datasets, {} runs, {} of them running",
                      format_count(lineage.versions), format_count(lineage.datasets),
                      format_count(lineage.runs), format_count(lineage.running)),
          ""};
}

}  // namespace cairn::workspace
