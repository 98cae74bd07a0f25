#pragma once

#include <memory>

#include "base/ids.h"

namespace cairn::testing {

/// A clock that says what it was last told, and moves only when told.
class FixedClock final : public Clock {
 public:
  explicit FixedClock(TimePoint time) : time_(time) {}

  TimePoint now() const override { return time_; }
  void set(TimePoint time) { time_ = time; }
  void advance(std::chrono::microseconds by) { time_ += by; }

 private:
  TimePoint time_;
};

/// Random bytes that are the same on every run: a linear congruential generator from a seed.
class SeededRandom final : public RandomSource {
 public:
  explicit SeededRandom(uint64_t seed) : state_(seed) {}

  void fill(uint8_t* bytes, size_t count) override {
    for (size_t i = 0; i < count; ++i) {
      state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
      bytes[i] = static_cast<uint8_t>(state_ >> 56);
    }
  }

 private:
  uint64_t state_;
};

/// 2026-01-15T09:30:12.417Z, and bytes from seed 1.
inline Environment fixed_environment() {
  return {std::make_shared<FixedClock>(*parse_rfc3339("2026-01-15T09:30:12.417Z")),
          std::make_shared<SeededRandom>(1)};
}

}  // namespace cairn::testing
