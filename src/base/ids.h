#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"

namespace cairn {

/// Where unpredictable bytes come from, so that tests can say which.
class RandomSource {
 public:
  virtual ~RandomSource() = default;
  virtual void fill(uint8_t* bytes, size_t count) = 0;
};

class SystemRandom final : public RandomSource {
 public:
  void fill(uint8_t* bytes, size_t count) override;
};

/// A UUIDv7 (RFC 9562): made before anything is written, sorted by time, valid as an OpenLineage
/// run id.
class Uuid {
 public:
  static Uuid make(const Clock& clock, RandomSource& random);

  /// 0198f0a2-7c31-7d52-9f00-5b0e8c3f9a1c
  std::string text() const;

  /// Eight hex digits of its random part: the `<id8>` of file names.
  std::string id8() const;

 private:
  std::array<uint8_t, 16> bytes_{};
};

/// What a process takes from its surroundings and a test replaces.
struct Environment {
  std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>();
  std::shared_ptr<RandomSource> random = std::make_shared<SystemRandom>();
};

}  // namespace cairn
