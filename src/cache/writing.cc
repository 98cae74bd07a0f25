#include "cache/writing.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/quantities.h"
#include "cairn/error.h"

namespace cairn {

using catalog::CacheRows;

namespace {

constexpr int64_t kBlock = 4096;
// Beyond this a file may need blocks that hold no data of it.
constexpr int64_t kLargeFile = 1 << 20;
constexpr int64_t kLargestStep = 8 << 20;

int64_t in_blocks(int64_t bytes) {
  return (bytes + kBlock - 1) / kBlock * kBlock + (bytes > kLargeFile ? 2 * kBlock : 0);
}

}  // namespace

DataCache::Implementation::Writing::Writing(Implementation& cache, const std::string& key)
    : cache_(cache), key_(key) {
  uint64_t random = 0;
  cache_.environment_.random->fill(reinterpret_cast<uint8_t*>(&random), sizeof(random));
  id_ = static_cast<int64_t>(random >> 4);
  // Held before anyone can see the reservation, so that none takes its writer for dead.
  alive_ = cache_.locks().try_acquire(cache::writer_position(id_));
  if (!alive_) throw Error(ErrorKind::busy, "cannot show that this process writes to the cache");
  cache_.index_.write([&](CacheRows& rows) {
    cache_.space_.adopt_policy(rows);
    rows.reserve({id_, key_, 0});
  });
}

DataCache::Implementation::Writing::~Writing() {
  if (settled_) return;
  try {
    cache_.index_.write([&](CacheRows& rows) {
      if (const auto reservation = rows.find_reservation(id_))
        cache_.space_.abandon(rows, *reservation);
    });
  } catch (const Error&) {
    // The next who needs the room finds that this writer is gone.
  }
}

// Asks seldom, but never for much more than there is.
void DataCache::Implementation::Writing::grow(int64_t bytes) {
  if (!cache_.space_.admits(in_blocks(bytes))) {
    throw cache::Refused{MissReason::not_admitted,
                         fmt::format("it takes more than half of the cache's {}",
                                     format_bytes(cache_.options.max_bytes))};
  }
  if (in_blocks(bytes) <= reserved_) return;
  const int64_t wanted = in_blocks(bytes + std::min(bytes / 8, kLargestStep));
  bool granted = false;
  cache_.index_.write([&](CacheRows& rows) {
    cache_.process_->tally.settle(rows, cache_.space_);
    granted = take(rows, wanted - reserved_);
  });
  if (!granted) {
    throw cache::Refused{MissReason::not_admitted,
                         fmt::format("{} cannot be freed: the rest is pinned or being written",
                                     format_bytes(wanted))};
  }
  reserved_ = wanted;
}

bool DataCache::Implementation::Writing::take(CacheRows& rows, int64_t more) {
  return cache_.space_.make_room(rows, cache_.locks(), more, cache_.now()) &&
         rows.change_reservation(id_, more);
}

bool DataCache::Implementation::Writing::fits(CacheRows& rows, int64_t disk_bytes) {
  return disk_bytes <= reserved_ || take(rows, disk_bytes - reserved_);
}

void DataCache::Implementation::Writing::end(CacheRows& rows) {
  if (const auto reservation = rows.find_reservation(id_)) rows.release(*reservation);
}

}  // namespace cairn
