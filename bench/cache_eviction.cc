// What does eviction by time saved per byte gain over eviction of the least recently used?
//
// Replays made-up requests through the calculation that runs the cache, for caches of several
// sizes. Prints, for each size in parts of all results together, the ratio of time saved (GDSF to
// LRU): over all traces, median and worst.

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "support/cache_traces.h"

int main(int argc, char** argv) {
  using cairn::EvictionPolicy;
  using cairn::testing::make_trace;
  using cairn::testing::seconds_saved;
  const uint64_t traces = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100;
  fmt::print("{:>8} {:>8} {:>8} {:>8}\n", "size", "all", "median", "worst");
  for (const double part : {0.005, 0.01, 0.02, 0.05, 0.1, 0.2}) {
    double gdsf = 0;
    double lru = 0;
    std::vector<double> gains;
    for (uint64_t seed = 0; seed < traces; ++seed) {
      const auto trace = make_trace(seed);
      const auto bytes = static_cast<int64_t>(part * static_cast<double>(trace.total_bytes));
      const double by_gdsf = seconds_saved(trace, EvictionPolicy::gdsf, bytes);
      const double by_lru = seconds_saved(trace, EvictionPolicy::lru, bytes);
      gdsf += by_gdsf;
      lru += by_lru;
      gains.push_back(by_gdsf / by_lru);
    }
    std::sort(gains.begin(), gains.end());
    fmt::print("{:>7.1f}% {:>8.2f} {:>8.2f} {:>8.2f}\n", 100 * part, gdsf / lru,
               gains[gains.size() / 2], gains.front());
  }
}
