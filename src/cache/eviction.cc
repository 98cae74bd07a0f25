#include "cache/eviction.h"

#include <algorithm>
#include <cmath>

namespace cairn::cache {
namespace {

// Frequencies and scores are stored as integers: in 1024ths of a use, and of a microsecond per MiB.
constexpr int64_t kOneUse = 1024;
constexpr double kScoreUnit = 1 << 20;
constexpr double kHalfLife = 1024;

// What makes 100 MB in a second is assumed where the cost is not known.
constexpr double kUnknownMicrosecondsPerByte = 0.01;

// Far from the end of the range, so that a clock which only grows never gets there.
constexpr double kMaxWorth = 1e15;

}  // namespace

int64_t Eviction::frequency(int64_t frequency, int64_t idle, int64_t more_uses) {
  const double faded =
      static_cast<double>(frequency) * std::exp2(-static_cast<double>(idle) / kHalfLife);
  return static_cast<int64_t>(faded) + more_uses * kOneUse;
}

int64_t Eviction::score(const Worth& worth) const {
  if (policy_ == EvictionPolicy::lru) return worth.used_at;
  const auto bytes = static_cast<double>(std::max<int64_t>(worth.bytes, 1));
  const double cost =
      worth.cost > 0 ? static_cast<double>(worth.cost) : kUnknownMicrosecondsPerByte * bytes;
  const double saved = static_cast<double>(worth.frequency) * cost / bytes * kScoreUnit / kOneUse;
  return clock_ + std::max<int64_t>(1, std::llround(std::min(saved, kMaxWorth)));
}

void Eviction::evicted(int64_t score) {
  clock_ = std::max(clock_, score);
}

}  // namespace cairn::cache
