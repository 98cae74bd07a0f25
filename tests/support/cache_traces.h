#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "cache/eviction.h"

namespace cairn::testing {

/// Requests for results, as a pipeline makes them: some far more often than others, with favourites
/// that change; what they cost and what they take lie three orders of magnitude apart each.
struct CacheTrace {
  struct Result {
    int64_t cost;  // microseconds
    int64_t bytes;
  };

  std::vector<Result> results;
  std::vector<size_t> requests;
  int64_t total_bytes = 0;
};

/// The trace of this seed. Its draws come from the generator alone, so that they are the same
/// everywhere.
inline CacheTrace make_trace(uint64_t seed, size_t results = 2000, size_t requests = 20'000) {
  std::mt19937_64 generator(seed);
  const auto uniform = [&] { return static_cast<double>(generator() >> 11) * 0x1p-53; };
  const auto any_of = [&](std::initializer_list<double> values) {
    return values.begin()[generator() % values.size()];
  };
  CacheTrace trace;
  const double skew = any_of({0.6, 0.8, 1.0, 1.2});     // of Zipf's law
  const double drift = any_of({0, 0.005, 0.02, 0.05});  // how often favourites change
  const double likeness = any_of({0, 0.5, 1});          // of cost and size
  for (size_t i = 0; i < results; ++i) {
    const double cost = 3 * uniform();
    const double size = 3 * (likeness * cost / 3 + (1 - likeness) * uniform());
    trace.results.push_back(
        {std::llround(1e5 * std::pow(10, cost)), std::llround(1e4 * std::pow(10, size))});
    trace.total_bytes += trace.results.back().bytes;
  }
  std::vector<double> up_to;
  double sum = 0;
  for (size_t rank = 1; rank <= results; ++rank)
    up_to.push_back(sum += std::pow(static_cast<double>(rank), -skew));
  std::vector<size_t> of_rank(results);
  for (size_t i = 0; i < results; ++i) of_rank[i] = i;
  for (size_t i = results - 1; i > 0; --i) std::swap(of_rank[i], of_rank[generator() % (i + 1)]);
  for (size_t i = 0; i < requests; ++i) {
    if (uniform() < drift) {
      for (size_t n = 0; n < results / 200; ++n)
        std::swap(of_rank[generator() % results], of_rank[generator() % results]);
    }
    const auto rank = std::lower_bound(up_to.begin(), up_to.end(), uniform() * sum);
    trace.requests.push_back(of_rank[static_cast<size_t>(rank - up_to.begin())]);
  }
  return trace;
}

/// The time, in seconds, that a cache of this size saves on a trace, run by the calculation that
/// runs the real one.
inline double seconds_saved(const CacheTrace& trace, EvictionPolicy policy, int64_t max_bytes) {
  struct State {
    bool kept = false;
    int64_t score = 0;
    cache::Worth worth;
  };
  std::vector<State> states(trace.results.size());
  std::set<std::pair<int64_t, size_t>> by_score;
  cache::Eviction eviction(policy, 0);
  int64_t bytes = 0;
  int64_t saved = 0;
  int64_t uses = 0;
  for (const size_t request : trace.requests) {
    const auto& result = trace.results[request];
    State& state = states[request];
    ++uses;
    if (state.kept) {
      saved += result.cost;
      by_score.erase({state.score, request});
    } else {
      if (result.bytes > max_bytes / 2) continue;
      while (bytes + result.bytes > max_bytes) {
        const auto [score, victim] = *by_score.begin();
        by_score.erase(by_score.begin());
        eviction.evicted(score);
        states[victim].kept = false;
        bytes -= trace.results[victim].bytes;
      }
      bytes += result.bytes;
      state.kept = true;
    }
    state.worth.frequency =
        cache::Eviction::frequency(state.worth.frequency, uses - state.worth.used_at, 1);
    state.worth.used_at = uses;
    state.worth.cost = result.cost;
    state.worth.bytes = result.bytes;
    state.score = eviction.score(state.worth);
    by_score.emplace(state.score, request);
  }
  return static_cast<double>(saved) / 1e6;
}

}  // namespace cairn::testing
