#include "exports/retention.h"

namespace cairn::exports {
std::vector<DatasetVersion> not_retained(const std::vector<DatasetVersion>& versions,
                                         const Retention& rules, TimePoint now) {
  std::vector<DatasetVersion> expired;
  int64_t newer = 0;  // committed versions seen so far
  for (const DatasetVersion& version : versions) {
    if (version.state != "committed") continue;
    const bool newest = newer == 0;
    const bool among_last = newer < rules.keep_last;
    const bool within = rules.keep_within && now - version.created <= *rules.keep_within;
    if (!newest && !among_last && !within && version.tags.empty()) expired.push_back(version);
    ++newer;
  }
  return expired;
}

}  // namespace cairn::exports
