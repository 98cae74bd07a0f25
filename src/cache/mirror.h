#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "cairn/data_cache.h"
#include "catalog/cache_index.h"

namespace cairn::cache {

CacheEntry to_entry(const catalog::CacheRow& row);

/// An entry as cache_metadata.json and the command have it.
Json to_json(const CacheEntry& entry);

/// cache_metadata.json: what docs/formats.md says.
std::string render_mirror(const CacheStatistics& statistics, const std::vector<CacheEntry>& newest,
                          TimePoint now);

}  // namespace cairn::cache
