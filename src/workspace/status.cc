#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "cairn/workspace.h"

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
                         {"findings", found}});
}

std::string StoreStatus::to_prometheus() const {
  const auto gauge = [](std::string_view name, std::string_view help, int64_t value) {
    return fmt::format("# HELP cairn_{0} {1}\n# TYPE cairn_{0} gauge\ncairn_{0} {2}\n", name, help,
                       value);
  };
  return gauge("datasets", "Datasets in the store.", datasets) +
         gauge("versions", "Versions of all datasets that are not expired.", versions) +
         gauge("data_bytes", "Bytes of the data files that versions refer to.", bytes) +
         gauge("unfinished_exports", "Exports announced and not yet committed.",
               unfinished_exports) +
         gauge("free_disk_bytes", "Bytes free on the disk of the store.", free_disk_bytes) +
         gauge("health", "0 ok, 1 degraded, 2 failing.", static_cast<int64_t>(worst_of(findings)));
}

}  // namespace cairn
