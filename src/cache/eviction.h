#pragma once

#include <cstdint>

#include "cairn/data_cache.h"

namespace cairn::cache {

/// What an entry is worth keeping for.
struct Worth {
  int64_t frequency = 0;  // as Eviction::frequency makes it
  int64_t used_at = 0;    // the count of all uses when it was last used
  int64_t cost = 0;       // microseconds to make it again; 0 when that is not known
  int64_t bytes = 0;
};

/// Gives every entry a score; the lowest leaves first. A pure calculation: who keeps the scores
/// keeps the clock with them.
///
///   gdsf   score = clock + frequency x cost / bytes, and the clock moves to the score of whatever
///          is evicted, so that what was precious long ago is overtaken by what is used now
///   lru    score = used_at
///
/// Source   L. Cherkasova, "Improving WWW Proxies Performance with Greedy-Dual-Size-Frequency
///          Caching Policy", HP Laboratories 1998. That frequencies fade and outlive an eviction is
///          ours: bench/cache_eviction.cc has what it gains.
class Eviction {
 public:
  Eviction(EvictionPolicy policy, int64_t clock) : policy_(policy), clock_(clock) {}

  /// One more use after `idle` uses of anything: half of what there was counts after kHalfLife.
  static int64_t frequency(int64_t frequency, int64_t idle, int64_t more_uses);

  int64_t score(const Worth& worth) const;

  /// An entry with this score was evicted.
  void evicted(int64_t score);

  int64_t clock() const { return clock_; }

 private:
  EvictionPolicy policy_;
  int64_t clock_;
};

}  // namespace cairn::cache
