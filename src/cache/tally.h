#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "cache/space.h"
#include "catalog/cache_index.h"

namespace cairn::cache {

/// Counts what happens, in memory, until it is worth a transaction: a hit must not wait for one.
/// What is counted when the process dies is lost; nothing depends on it.
class Tally {
 public:
  void add(std::string_view counter, int64_t delta = 1);

  /// A use of an entry, at a time in microseconds UTC.
  void use(const std::string& key, int64_t now);

  /// Whether enough has come together, or long enough ago.
  bool is_due();

  /// Move all counts into the index.
  void settle(catalog::CacheRows& rows, const Space& space);

 private:
  struct Uses {
    int64_t count = 0;
    int64_t last = 0;
  };

  std::mutex mutex_;
  std::map<std::string, int64_t, std::less<>> counters_;
  std::map<std::string, Uses> uses_;
  int64_t events_ = 0;
  std::chrono::steady_clock::time_point settled_ = std::chrono::steady_clock::now();
};

}  // namespace cairn::cache
