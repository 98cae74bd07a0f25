#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "cairn/data_cache.h"
#include "catalog/cache_index.h"
#include "io/layout.h"
#include "io/range_locks.h"

namespace cairn::cache {

/// The bytes of a cache: how many may be taken, and who has to go for them. Every function works
/// inside a writing turn at the index, so that all processes agree.
///
/// The sums in the index are never below what lies on the disk: bytes are reserved before they are
/// written, and a file is removed before its row lets its bytes go.
class Space {
 public:
  Space(const CacheOptions& options, const io::CacheLayout& layout)
      : options_(options), layout_(layout) {}

  /// Whether an entry of so many bytes is kept at all: one that takes more than half of everything
  /// would only push all others out.
  bool admits(int64_t bytes) const { return bytes <= options_.max_bytes / 2; }

  /// Evict until `bytes` are free. False where that cannot be; then nothing that could be used
  /// again was evicted.
  bool make_room(catalog::CacheRows& rows, io::RangeLocks& locks, int64_t bytes, int64_t now) const;

  /// A kept entry goes, file first.
  void remove(catalog::CacheRows& rows, const catalog::CacheRow& row, std::string_view state,
              int64_t now) const;

  /// Give the row the score that its uses earn.
  void rate(catalog::CacheRows& rows, catalog::CacheRow& row) const;

  /// Greet one that is stored, maybe after it was evicted: `before` is the row it had.
  void welcome(catalog::CacheRows& rows, const std::optional<catalog::CacheRow>& before,
               catalog::CacheRow& row) const;

  /// Drop a reservation and what was written under it without getting a row.
  void abandon(catalog::CacheRows& rows, const catalog::CacheReservation& reservation) const;

  /// Drop the reservations of writers that died, and what they left.
  void reclaim(catalog::CacheRows& rows, io::RangeLocks& locks) const;

  /// Rate all anew where the cache was under another policy before.
  void adopt_policy(catalog::CacheRows& rows) const;

 private:
  int64_t free_bytes(catalog::CacheRows& rows) const;
  void evict(catalog::CacheRows& rows, const catalog::CacheRow& row, int64_t now) const;

  const CacheOptions& options_;
  const io::CacheLayout& layout_;
};

/// Sizes of cache for which is counted what they would have kept, in multiples of `max_bytes`; each
/// with its counter.
struct LargerCache {
  double multiple;
  std::string_view counter;
};
inline constexpr std::array kLargerCaches{
    LargerCache{1.25, "regained.1.25"}, LargerCache{1.5, "regained.1.5"},
    LargerCache{2, "regained.2"}, LargerCache{4, "regained.4"}, LargerCache{8, "regained.8"}};

/// Where in claims.lock the writer with this reservation shows that it lives: above all keys.
int64_t writer_position(int64_t reservation);

/// Where in claims.lock whoever computes this key shows that it does.
int64_t claim_position(std::string_view key);

}  // namespace cairn::cache
