#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "cairn/health.h"

namespace cairn {
namespace {

using State = Finding::State;

State worst_of(const std::vector<Finding>& findings) {
  State worst = State::ok;
  for (const Finding& finding : findings) worst = std::max(worst, finding.state);
  return worst;
}

}  // namespace

std::string_view to_string(Finding::State state) {
  switch (state) {
    case State::ok:
      return "ok";
    case State::warn:
      return "warn";
    case State::fail:
      return "fail";
  }
  return "";
}

Finding::State HealthReport::verdict() const {
  return worst_of(findings);
}

std::string_view StoreStatus::verdict() const {
  switch (worst_of(findings)) {
    case State::ok:
      return "ok";
    case State::warn:
      return "degraded";
    case State::fail:
      return "failing";
  }
  return "";
}

std::string StoreStatus::to_json() const {
  Json found = Json::array();
  for (const Finding& finding : findings) {
    found.push_back({{"what", finding.what},
                     {"state", to_string(finding.state)},
                     {"detail", finding.detail},
                     {"next_step", finding.next_step}});
  }
  return to_pretty_json({{"verdict", verdict()},
                         {"output", output},
                         {"datasets", datasets},
                         {"versions", versions},
                         {"bytes", bytes},
                         {"unfinished_exports", unfinished_exports},
                         {"free_disk_bytes", free_disk_bytes},
                         {"cache", parse_json(cache.to_json(), "the statistics of the cache")},
                         {"checkpoints",
                          {{"processes", checkpoints.processes},
                           {"checkpoints", checkpoints.checkpoints},
                           {"bytes", checkpoints.bytes}}},
                         {"lineage",
                          {{"datasets", lineage.datasets},
                           {"versions", lineage.versions},
                           {"runs", lineage.runs},
                           {"running", lineage.running}}},
                         {"findings", found}});
}

std::string StoreStatus::to_prometheus() const {
  std::string text;
  const auto metric = [&](std::string_view name, std::string_view type, std::string_view help,
                          int64_t value) {
    text += fmt::format("# HELP cairn_{0} {2}\n# TYPE cairn_{0} {1}\ncairn_{0} {3}\n", name, type,
                        help, value);
  };
  metric("datasets", "gauge", "Datasets in the store.", datasets);
  metric("versions", "gauge", "Versions of all datasets that are not expired.", versions);
  metric("data_bytes", "gauge", "Bytes of the data files that versions refer to.", bytes);
  metric("unfinished_exports", "gauge", "Exports announced and not yet committed.",
         unfinished_exports);
  metric("free_disk_bytes", "gauge", "Bytes free on the disk of the store.", free_disk_bytes);
  metric("cache_entries", "gauge", "Results in the cache.", cache.entries);
  metric("cache_bytes", "gauge", "Bytes of disk that they take.", cache.bytes);
  metric("cache_limit_bytes", "gauge", "Bytes of disk that they may take.", cache.max_bytes);
  metric("cache_hits_total", "counter", "Results that were found.", cache.hits);
  text +=
      "# HELP cairn_cache_misses_total Results that were not found, by reason.\n"
      "# TYPE cairn_cache_misses_total counter\n";
  for (const auto& [reason, count] : cache.misses)
    text += fmt::format("cairn_cache_misses_total{{reason=\"{}\"}} {}\n", to_string(reason), count);
  metric("cache_evictions_total", "counter", "Results that made room for others.", cache.evictions);
  metric("cache_saved_microseconds_total", "counter", "Time of computing that hits saved.",
         cache.time_saved.count());
  metric("checkpoints", "gauge", "Checkpoints that can be loaded.", checkpoints.checkpoints);
  metric("checkpoint_processes", "gauge", "Processes that have any.", checkpoints.processes);
  metric("checkpoint_bytes", "gauge", "Bytes of their files.", checkpoints.bytes);
  metric("lineage_versions", "gauge", "Versions of datasets that lineage knows.", lineage.versions);
  metric("lineage_runs", "gauge", "Runs that lineage knows.", lineage.runs);
  metric("lineage_running", "gauge", "Runs that have not ended.", lineage.running);
  metric("health", "gauge", "0 ok, 1 degraded, 2 failing.",
         static_cast<int64_t>(worst_of(findings)));
  return text;
}

}  // namespace cairn
