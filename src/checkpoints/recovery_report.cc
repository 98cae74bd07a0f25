#include "base/json.h"
#include "cairn/checkpoint_manager.h"

namespace cairn {

std::string RecoveryReport::to_json() const {
  Json json{{"chosen", chosen}, {"skipped", Json::array()}, {"published_since", published_since}};
  for (const Skipped& each : skipped)
    json["skipped"].push_back({{"checkpoint", each.checkpoint.id}, {"reason", each.reason}});
  return to_canonical_json(json);
}

}  // namespace cairn
