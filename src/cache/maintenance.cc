#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/names.h"
#include "cache/core.h"
#include "cache/mirror.h"
#include "cairn/error.h"
#include "io/folder.h"

namespace cairn {

using cache::EntryFile;
using catalog::CacheRow;
using catalog::CacheRows;
using Name = io::CacheLayout::Name;

namespace {

constexpr int64_t kMirroredEntries = 1000;
constexpr int64_t kChangesPerMirror = 1000;

constexpr std::array kAllReasons{
    MissReason::never_stored, MissReason::parameter,    MissReason::input,
    MissReason::code,         MissReason::expired,      MissReason::evicted,
    MissReason::corrupt,      MissReason::not_admitted, MissReason::unavailable};

catalog::CacheFilter to_filter(const CacheSelection& selection) {
  return {selection.process_name, selection.step_name, selection.key_prefix, 0};
}

bool is_everything(const CacheSelection& selection) {
  return selection.process_name.empty() && selection.step_name.empty() &&
         selection.key_prefix.empty();
}

CacheStatistics to_statistics(const std::map<std::string, int64_t>& counters, int64_t max_bytes) {
  const auto count = [&](const std::string& name) {
    const auto found = counters.find(name);
    return found == counters.end() ? 0 : found->second;
  };
  CacheStatistics statistics;
  statistics.entries = count("entries");
  statistics.bytes = count("bytes");
  statistics.max_bytes = max_bytes;
  statistics.pinned_bytes = count("pinned_bytes");
  statistics.weak_entries = count("weak_entries");
  statistics.hits = count("hits");
  statistics.weak_hits = count("weak_hits");
  for (const MissReason reason : kAllReasons)
    statistics.misses.emplace_back(reason, count(fmt::format("miss.{}", to_string(reason))));
  statistics.puts = count("puts");
  statistics.evictions = count("evictions");
  statistics.evicted_bytes = count("evicted_bytes");
  statistics.nondeterministic_puts = count("nondeterministic_puts");
  statistics.waits = count("waits");
  statistics.time_saved = std::chrono::microseconds(count("time_saved"));
  for (const cache::LargerCache& larger : cache::kLargerCaches) {
    statistics.hits_if_larger.emplace_back(larger.multiple,
                                           statistics.hits + count(std::string(larger.counter)));
  }
  return statistics;
}

}  // namespace

// What is to go, and the state it goes into.
struct DataCache::Implementation::Leaving {
  std::vector<std::pair<CacheRow, std::string>> rows;
  std::vector<std::string> stray;

  CacheRemoval to_removal() const {
    CacheRemoval removal;
    for (const auto& [row, state] : rows) {
      removal.entries.push_back(cache::to_entry(row));
      removal.bytes += row.disk_bytes;
    }
    removal.stray_files = stray;
    return removal;
  }
};

void DataCache::Implementation::settle() {
  try {
    index_.write([&](CacheRows& rows) { process_->tally.settle(rows, space_); });
  } catch (const Error&) {
    // Counts: nothing depends on them.
  }
}

void DataCache::Implementation::remember_change() {
  int64_t changes = 0;
  {
    const std::lock_guard lock(process_->mutex);
    changes = ++process_->changes;
  }
  if (changes < kChangesPerMirror) return;
  try {
    write_mirror();
  } catch (const Error&) {
    // The next one may do.
  }
}

void DataCache::Implementation::write_mirror() {
  {
    const std::lock_guard lock(process_->mutex);
    process_->changes = 0;
  }
  CacheStatistics statistics;
  std::vector<CacheEntry> newest;
  index_.read([&](CacheRows& rows) {
    newest.clear();
    statistics = to_statistics(rows.counters(), options.max_bytes);
    for (const CacheRow& row : rows.list({{}, {}, {}, kMirroredEntries}))
      newest.push_back(cache::to_entry(row));
  });
  io::replace_file(layout_.metadata(),
                   cache::render_mirror(statistics, newest, environment_.clock->now()));
}

std::vector<CacheEntry> DataCache::Implementation::list(const CacheSelection& selection) {
  std::vector<CacheEntry> entries;
  if (!exists()) return entries;
  settle();
  index_.read([&](CacheRows& rows) {
    entries.clear();
    for (const CacheRow& row : rows.list(to_filter(selection)))
      entries.push_back(cache::to_entry(row));
  });
  return entries;
}

CacheStatistics DataCache::Implementation::statistics() {
  if (!exists()) return to_statistics({}, options.max_bytes);
  settle();
  std::map<std::string, int64_t> counters;
  index_.read([&](CacheRows& rows) { counters = rows.counters(); });
  return to_statistics(counters, options.max_bytes);
}

void DataCache::Implementation::pin(const std::string& key_prefix, bool pinned) {
  const auto refuse = [&](ErrorKind kind, const char* why, const char* next_step) {
    throw Error(kind, fmt::format("cannot pin '{}': {}", printable(key_prefix), why), next_step);
  };
  if (key_prefix.empty() || !exists())
    refuse(ErrorKind::not_found, "no entry has this key", "`cairn cache ls` lists the keys");
  index_.write([&](CacheRows& rows) {
    const auto found = rows.list({{}, {}, key_prefix, 2});
    if (found.empty())
      refuse(ErrorKind::not_found, "no entry has this key", "`cairn cache ls` lists the keys");
    if (found.size() > 1)
      refuse(ErrorKind::conflict, "several keys start so", "give more of the key");
    if (pinned) {
      io::replace_file(layout_.pin(found.front().key), {});
    } else {
      io::remove_file(layout_.pin(found.front().key));
    }
    rows.pin(found.front(), pinned);
  });
  remember_change();
}

CacheRemoval DataCache::Implementation::clear(const CacheSelection& selection, bool dry_run) {
  if (!exists()) return {};
  Leaving leaving;
  const auto select = [&](CacheRows& rows) {
    leaving = {};
    for (CacheRow& row : rows.list(to_filter(selection)))
      leaving.rows.emplace_back(std::move(row), "evicted");
  };
  if (dry_run) {
    index_.read(select);
    return leaving.to_removal();
  }
  index_.write([&](CacheRows& rows) {
    select(rows);
    for (const auto& [row, state] : leaving.rows) {
      space_.remove(rows, row, state, now());
      if (const auto gone = rows.find(row.key)) rows.erase(*gone);
    }
    if (is_everything(selection)) rows.forget_gone(0);
  });
  remember_change();
  return leaving.to_removal();
}

bool DataCache::Implementation::is_sound(const CacheRow& row) const {
  try {
    const auto file = EntryFile::open(path_of(row), parse_cache_form(row.form));
    if (file->status().bytes != row.file_bytes || file->manifest().key != row.key) return false;
    return row.checksum.empty() ? cache::digest_of(*file->read({}, 1)) == row.digest
                                : file->checksum() == row.checksum;
  } catch (const Error& error) {
    return error.kind() == ErrorKind::permission || error.kind() == ErrorKind::io;
  }
}

// Reads every byte that is kept.
std::vector<CacheRow> DataCache::Implementation::find_damaged() {
  std::vector<CacheRow> kept;
  index_.read([&](CacheRows& rows) { kept = rows.list({}); });
  std::vector<CacheRow> damaged;
  for (CacheRow& row : kept) {
    if (!is_sound(row)) damaged.push_back(std::move(row));
  }
  return damaged;
}

std::vector<std::string> DataCache::Implementation::find_stray(CacheRows& rows) {
  std::vector<std::string> stray;
  for (const io::FolderEntry& file : io::list_files(layout_.folder())) {
    const Name name = io::CacheLayout::parse(file.name);
    if (name.kind == Name::Kind::other) continue;
    if (name.kind == Name::Kind::staging) {
      if (!rows.find_reservation(static_cast<int64_t>(name.writer))) stray.push_back(file.name);
      continue;
    }
    const auto row = rows.find(name.key);
    const bool kept = row && row->state == "kept";
    const bool known = name.kind == Name::Kind::pin ? kept : kept && row->form == name.form;
    if (!known) stray.push_back(file.name);
  }
  return stray;
}

DataCache::Implementation::Leaving DataCache::Implementation::select_for_gc(
    CacheRows& rows, const std::vector<CacheRow>& damaged) {
  Leaving leaving;
  std::set<int64_t> chosen;
  int64_t over = rows.counter("bytes") + rows.counter("reserved") - options.max_bytes;
  const auto choose = [&](const CacheRow& row, const char* state) {
    if (!chosen.insert(row.id).second) return;
    leaving.rows.emplace_back(row, state);
    over -= row.disk_bytes;
  };
  for (const CacheRow& row : damaged) {
    const auto now_there = rows.find(row.key);
    if (now_there && now_there->id == row.id && now_there->state == "kept") choose(row, "corrupt");
  }
  for (const CacheRow& row : rows.expired(now(), INT64_MAX)) choose(row, "expired");
  if (over > 0) {
    for (const CacheRow& row : rows.lowest(INT64_MAX)) {
      if (over <= 0) break;
      choose(row, "evicted");
    }
  }
  leaving.stray = find_stray(rows);
  return leaving;
}

CacheRemoval DataCache::Implementation::gc(bool dry_run) {
  if (!exists()) return {};
  const auto damaged = find_damaged();
  Leaving leaving;
  if (dry_run) {
    index_.read([&](CacheRows& rows) { leaving = select_for_gc(rows, damaged); });
    return leaving.to_removal();
  }
  index_.write([&](CacheRows& rows) {
    process_->tally.settle(rows, space_);
    space_.reclaim(rows, locks());
    leaving = select_for_gc(rows, damaged);
    for (const auto& [row, state] : leaving.rows) space_.remove(rows, row, state, now());
    for (const std::string& name : leaving.stray) io::remove_file(layout_.folder() / name);
  });
  write_mirror();
  return leaving.to_removal();
}

}  // namespace cairn
