#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/data_cache.h"

namespace cairn {

/// One thing that was looked at, and how it is.
struct Finding {
  enum class State { ok, warn, fail };

  std::string what;  // "catalog", "mirrors", "free disk"
  State state = State::ok;
  std::string detail;
  std::string next_step;  // where it is not ok
};

std::string_view to_string(Finding::State state);

/// How a store is: the worst of its findings.
struct HealthReport {
  std::vector<Finding> findings;

  Finding::State verdict() const;
};

/// What a store holds, in numbers.
struct StoreStatus {
  std::string output;
  int64_t datasets = 0;
  int64_t versions = 0;
  int64_t bytes = 0;  // of data files that versions refer to
  int64_t unfinished_exports = 0;
  int64_t free_disk_bytes = 0;

  CacheStatistics cache;

  struct Checkpoints {
    int64_t processes = 0;
    int64_t checkpoints = 0;
    int64_t bytes = 0;  // of their files; what several share counts once
  };
  Checkpoints checkpoints;

  struct Lineage {
    int64_t datasets = 0;
    int64_t versions = 0;
    int64_t runs = 0;
    int64_t running = 0;
  };
  Lineage lineage;

  std::vector<Finding> findings;  // of cheap checks only

  /// ok, degraded or failing.
  std::string_view verdict() const;

  std::string to_json() const;
  std::string to_prometheus() const;
};

}  // namespace cairn
