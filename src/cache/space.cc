#include "cache/space.h"

#include <algorithm>
#include <string>

#include "cache/eviction.h"
#include "io/file.h"

namespace cairn::cache {

using catalog::CacheRow;
using catalog::CacheRows;

namespace {

constexpr int64_t kHalfOfPositions = int64_t{1} << 61;
constexpr int64_t kGoneRows = 10'000;
constexpr int64_t kVictimsAtOnce = 16;

}  // namespace

int64_t writer_position(int64_t reservation) {
  return kHalfOfPositions + reservation % kHalfOfPositions;
}

int64_t claim_position(std::string_view key) {
  constexpr size_t kDigits = 15;  // 60 bits
  return std::stoll(std::string(key.substr(0, kDigits)), nullptr, 16);
}

int64_t Space::free_bytes(CacheRows& rows) const {
  return options_.max_bytes - rows.counter("bytes") - rows.counter("reserved");
}

bool Space::make_room(CacheRows& rows, io::RangeLocks& locks, int64_t bytes, int64_t now) const {
  if (free_bytes(rows) >= bytes) return true;
  reclaim(rows, locks);
  if (options_.max_bytes - rows.counter("pinned_bytes") - rows.counter("reserved") < bytes)
    return false;
  for (const CacheRow& row : rows.expired(now, INT64_MAX)) {
    if (free_bytes(rows) >= bytes) return true;
    remove(rows, row, "expired", now);
  }
  while (free_bytes(rows) < bytes) {
    const auto victims = rows.lowest(kVictimsAtOnce);
    if (victims.empty()) return false;
    for (const CacheRow& victim : victims) {
      if (free_bytes(rows) < bytes) evict(rows, victim, now);
    }
  }
  return true;
}

void Space::evict(CacheRows& rows, const CacheRow& row, int64_t now) const {
  Eviction eviction(options_.eviction, rows.counter("clock"));
  eviction.evicted(row.score);
  if (options_.eviction == EvictionPolicy::gdsf) rows.set("clock", eviction.clock());
  remove(rows, row, "evicted", now);
  rows.add("evictions", 1);
  rows.add("evicted_bytes", row.disk_bytes);
}

void Space::remove(CacheRows& rows, const CacheRow& row, std::string_view state,
                   int64_t now) const {
  io::remove_file(layout_.folder() / io::CacheLayout::entry(row.key, row.form));
  if (row.pinned) io::remove_file(layout_.pin(row.key));
  rows.leave(row, state, now, rows.counter("evicted_bytes"));
  rows.forget_gone(kGoneRows);
}

void Space::rate(CacheRows& rows, CacheRow& row) const {
  const Eviction eviction(options_.eviction, rows.counter("clock"));
  row.score = eviction.score({row.frequency, row.used_at, row.cost, row.disk_bytes});
}

void Space::welcome(CacheRows& rows, const std::optional<CacheRow>& before, CacheRow& row) const {
  row.used_at = rows.counter("uses") + 1;
  rows.set("uses", row.used_at);
  const int64_t idle = before ? row.used_at - before->used_at : 0;
  row.frequency = Eviction::frequency(before ? before->frequency : 0, idle, 1);
  rate(rows, row);
  if (!before || before->state != "evicted") return;
  // What was evicted since, itself included, would have had to fit beside all that stayed.
  const int64_t missing = rows.counter("evicted_bytes") - before->evicted_before;
  for (const LargerCache& larger : kLargerCaches) {
    if (static_cast<double>(missing) <=
        (larger.multiple - 1) * static_cast<double>(options_.max_bytes))
      rows.add(larger.counter, 1);
  }
}

// One that died after it named its file and before it said so leaves one that no row tells of.
void Space::abandon(CacheRows& rows, const catalog::CacheReservation& reservation) const {
  io::remove_file(layout_.staging(reservation.key, static_cast<uint64_t>(reservation.id)));
  const auto row = rows.find(reservation.key);
  for (const CacheForm form : {CacheForm::parquet, CacheForm::arrow}) {
    if (row && row->state == "kept" && row->form == to_string(form)) continue;
    io::remove_file(layout_.folder() / io::CacheLayout::entry(reservation.key, to_string(form)));
  }
  rows.release(reservation);
}

void Space::reclaim(CacheRows& rows, io::RangeLocks& locks) const {
  for (const auto& reservation : rows.reservations()) {
    if (!locks.is_held(writer_position(reservation.id))) abandon(rows, reservation);
  }
}

void Space::adopt_policy(CacheRows& rows) const {
  const int64_t wanted = 1 + static_cast<int64_t>(options_.eviction);
  const int64_t found = rows.counter("policy");
  if (found == wanted) return;
  rows.set("policy", wanted);
  if (found == 0) return;
  for (CacheRow& row : rows.list({})) {
    rate(rows, row);
    rows.touch(row);
  }
}

}  // namespace cairn::cache
