#include "cache/tally.h"

#include <algorithm>
#include <utility>

#include "cache/eviction.h"

namespace cairn::cache {
namespace {

constexpr int64_t kEvents = 256;
constexpr std::chrono::seconds kAge{2};

}  // namespace

void Tally::add(std::string_view counter, int64_t delta) {
  const std::lock_guard lock(mutex_);
  ++events_;
  const auto found = counters_.find(counter);
  if (found == counters_.end()) {
    counters_.emplace(counter, delta);
  } else {
    found->second += delta;
  }
}

void Tally::use(const std::string& key, int64_t now) {
  const std::lock_guard lock(mutex_);
  ++events_;
  Uses& uses = uses_[key];
  ++uses.count;
  uses.last = std::max(uses.last, now);
}

bool Tally::is_due() {
  const std::lock_guard lock(mutex_);
  return events_ >= kEvents || (events_ > 0 && std::chrono::steady_clock::now() - settled_ > kAge);
}

void Tally::settle(catalog::CacheRows& rows, const Space& space) {
  std::map<std::string, int64_t, std::less<>> counters;
  std::map<std::string, Uses> uses;
  {
    const std::lock_guard lock(mutex_);
    counters.swap(counters_);
    uses.swap(uses_);
    events_ = 0;
    settled_ = std::chrono::steady_clock::now();
  }
  for (const auto& [name, delta] : counters) rows.add(name, delta);
  int64_t all_uses = rows.counter("uses");
  for (const auto& [key, used] : uses) {
    all_uses += used.count;
    auto row = rows.find(key);
    if (!row || row->state != "kept") continue;
    row->hits += used.count;
    row->last_used = std::max(row->last_used, used.last);
    row->frequency = Eviction::frequency(row->frequency, all_uses - row->used_at, used.count);
    row->used_at = all_uses;
    space.rate(rows, *row);
    rows.touch(*row);
  }
  rows.set("uses", all_uses);
}

}  // namespace cairn::cache
