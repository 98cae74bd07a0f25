#include "cache/eviction.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/cache_traces.h"

namespace cairn::cache {
namespace {

using testing::make_trace;
using testing::seconds_saved;

constexpr int64_t kOneUse = 1024;

TEST(Eviction, KeepsWhatSavesMoreTimeForItsBytes) {
  const Eviction gdsf(EvictionPolicy::gdsf, 0);
  const Worth plain{kOneUse, 1, 1'000'000, 1000};
  const auto with = [&](auto change) {
    Worth worth = plain;
    change(worth);
    return gdsf.score(worth);
  };
  EXPECT_GT(with([](Worth& worth) { worth.cost *= 2; }), gdsf.score(plain));
  EXPECT_GT(with([](Worth& worth) { worth.frequency *= 2; }), gdsf.score(plain));
  EXPECT_LT(with([](Worth& worth) { worth.bytes *= 2; }), gdsf.score(plain));
}

TEST(Eviction, LetsWhatIsUsedNowOvertakeWhatWasPreciousLongAgo) {
  const Worth precious{kOneUse * 100, 1, 1'000'000, 1000};
  const Worth plain{kOneUse, 1, 1'000'000, 1000};
  Eviction gdsf(EvictionPolicy::gdsf, 0);
  const int64_t then = gdsf.score(precious);
  EXPECT_GT(then, gdsf.score(plain));
  for (int i = 0; i < 200; ++i) gdsf.evicted(gdsf.score(plain));
  EXPECT_LT(then, gdsf.score(plain));
}

TEST(Eviction, FadesUsesOfLongAgo) {
  EXPECT_EQ(Eviction::frequency(0, 0, 1), kOneUse);
  EXPECT_EQ(Eviction::frequency(4 * kOneUse, 1024, 1), 3 * kOneUse);
  EXPECT_EQ(Eviction::frequency(4 * kOneUse, 1 << 30, 1), kOneUse);
}

TEST(Eviction, StaysInRangeWhateverIsPutIn) {
  Eviction gdsf(EvictionPolicy::gdsf, 0);
  const Worth most{INT64_MAX, 1, INT64_MAX, 1};
  for (int i = 0; i < 1000; ++i) {
    const int64_t score = gdsf.score(most);
    ASSERT_GT(score, gdsf.clock());
    gdsf.evicted(score);
  }
}

TEST(Eviction, OrdersByLastUseUnderLru) {
  const Eviction lru(EvictionPolicy::lru, 0);
  EXPECT_LT(lru.score({kOneUse * 100, 1, 1'000'000, 1}), lru.score({kOneUse, 2, 1, 1000}));
}

TEST(Eviction, SavesHalfAsMuchAgainAsLruAndNeverLess) {
  std::vector<double> gains;
  double gdsf = 0;
  double lru = 0;
  for (uint64_t seed = 0; seed < 24; ++seed) {
    const auto trace = make_trace(seed);
    for (const double part : {0.005, 0.01, 0.02, 0.05}) {
      const auto bytes = static_cast<int64_t>(part * static_cast<double>(trace.total_bytes));
      const double by_gdsf = seconds_saved(trace, EvictionPolicy::gdsf, bytes);
      const double by_lru = seconds_saved(trace, EvictionPolicy::lru, bytes);
      EXPECT_GE(by_gdsf, by_lru) << "trace " << seed << ", " << part;
      gains.push_back(by_gdsf / by_lru);
      gdsf += by_gdsf;
      lru += by_lru;
    }
  }
  std::sort(gains.begin(), gains.end());
  EXPECT_GE(gains[gains.size() / 2], 1.5);
  EXPECT_GE(gdsf / lru, 1.5);
}

}  // namespace
}  // namespace cairn::cache
