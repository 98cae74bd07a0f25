#include "cache/explain.h"

#include <fmt/format.h>

#include <optional>

#include "base/clock.h"
#include "base/names.h"
#include "base/quantities.h"

namespace cairn::cache {

using catalog::CacheRow;
using catalog::CacheRows;

namespace {

constexpr int64_t kLatestOfStep = 32;

std::string time_text(int64_t microseconds) {
  return to_rfc3339(TimePoint(std::chrono::microseconds(microseconds)));
}

// Keeps the row that differs in the fewest parts.
class Nearest {
 public:
  explicit Nearest(const CacheIdentity& asked) : asked_(asked) {}

  void consider(const std::vector<CacheRow>& rows) {
    for (const CacheRow& row : rows) {
      const auto found =
          difference(identity_from_json(row.process, row.step, row.identity), asked_);
      if (!nearest_ || found.parts < nearest_->parts) nearest_ = found;
    }
  }

  bool is_one_part_away() const { return nearest_ && nearest_->parts == 1; }
  const std::optional<Difference>& found() const { return nearest_; }

 private:
  const CacheIdentity& asked_;
  std::optional<Difference> nearest_;
};

}  // namespace

Explanation explain_absence(const CacheIdentity& asked, CacheRows& rows) {
  Nearest nearest(asked);
  for (const std::string& factor : factors(asked)) {
    if (nearest.is_one_part_away()) break;
    nearest.consider(rows.differing_by(factor));
  }
  if (!nearest.is_one_part_away())
    nearest.consider(rows.of_step(asked.process_name, asked.step_name, kLatestOfStep));
  if (!nearest.found()) {
    return {MissReason::never_stored,
            fmt::format("nothing of step '{}' of process '{}' is known", printable(asked.step_name),
                        printable(asked.process_name))};
  }
  return {nearest.found()->reason, nearest.found()->explanation};
}

Explanation explain_gone(const CacheRow& row) {
  const std::string when = time_text(row.left);
  if (row.state == "evicted") {
    return {MissReason::evicted,
            fmt::format("its {} made room for others at {}", format_bytes(row.disk_bytes), when)};
  }
  if (row.state == "expired") return explain_expired(row);
  if (row.state == "not_admitted") {
    return {MissReason::not_admitted,
            fmt::format("it was too large to be kept when it was computed at {}", when)};
  }
  return {MissReason::corrupt, fmt::format("its file was found damaged at {}", when)};
}

Explanation explain_expired(const CacheRow& row) {
  return {MissReason::expired, fmt::format("its time was over at {}", time_text(row.expires))};
}

}  // namespace cairn::cache
