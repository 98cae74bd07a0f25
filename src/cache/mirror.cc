#include "cache/mirror.h"

#include <fmt/format.h>

#include "cache/identity.h"
#include "io/layout.h"

namespace cairn {
namespace {

std::string time_text(int64_t microseconds) {
  return to_rfc3339(TimePoint(std::chrono::microseconds(microseconds)));
}

}  // namespace

namespace cache {

CacheEntry to_entry(const catalog::CacheRow& row) {
  CacheEntry entry;
  entry.key = row.key;
  entry.process_name = row.process;
  entry.step_name = row.step;
  const CacheIdentity identity = identity_from_json(row.process, row.step, row.identity);
  entry.parameters = Value(identity.parameters).to_json();
  entry.code_version = identity.code_version;
  entry.digest = row.digest;
  entry.file = io::CacheLayout::entry(row.key, row.form);
  entry.form = parse_cache_form(row.form);
  entry.rows = row.rows;
  entry.bytes = row.disk_bytes;
  entry.hits = row.hits;
  entry.cost = std::chrono::microseconds(row.cost);
  entry.created = row.created;
  entry.last_used = row.last_used;
  entry.expires = row.expires;
  entry.pinned = row.pinned;
  entry.weak = row.weak;
  return entry;
}

Json to_json(const CacheEntry& entry) {
  return {{"key", entry.key},
          {"process", entry.process_name},
          {"step", entry.step_name},
          {"parameters", parse_json(entry.parameters, "parameters in a cache")},
          {"code_version", entry.code_version},
          {"digest", entry.digest},
          {"file", entry.file},
          {"form", to_string(entry.form)},
          {"rows", entry.rows},
          {"bytes", entry.bytes},
          {"hits", entry.hits},
          {"cost_us", entry.cost.count()},
          {"created", time_text(entry.created)},
          {"last_used", time_text(entry.last_used)},
          {"expires", entry.expires > 0 ? Json(time_text(entry.expires)) : Json()},
          {"pinned", entry.pinned},
          {"weak", entry.weak}};
}

std::string render_mirror(const CacheStatistics& statistics, const std::vector<CacheEntry>& newest,
                          TimePoint now) {
  Json entries = Json::array();
  for (const CacheEntry& entry : newest) entries.push_back(to_json(entry));
  return to_pretty_json({{"format", "cairn-cache-metadata/1"},
                         {"generated", to_rfc3339(now)},
                         {"statistics", parse_json(statistics.to_json(), "statistics")},
                         {"entries", std::move(entries)}});
}

}  // namespace cache

std::string CacheStatistics::to_json() const {
  Json reasons = Json::object();
  for (const auto& [reason, count] : misses) reasons[std::string(to_string(reason))] = count;
  Json larger = Json::array();
  for (const auto& [multiple, count] : hits_if_larger)
    larger.push_back({{"size", multiple}, {"hits", count}});
  return to_canonical_json({{"entries", entries},
                            {"bytes", bytes},
                            {"max_bytes", max_bytes},
                            {"pinned_bytes", pinned_bytes},
                            {"weak_entries", weak_entries},
                            {"hits", hits},
                            {"weak_hits", weak_hits},
                            {"misses", reasons},
                            {"puts", puts},
                            {"evictions", evictions},
                            {"evicted_bytes", evicted_bytes},
                            {"nondeterministic_puts", nondeterministic_puts},
                            {"waits", waits},
                            {"time_saved_us", time_saved.count()},
                            {"hits_if_larger", larger}});
}

}  // namespace cairn
