#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/config.h"
#include "cairn/data_exporter.h"
#include "cairn/data_lineage.h"
#include "cairn/data_version_manager.h"

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

/// A library this program runs with.
struct Library {
  std::string name;
  std::string version;
};

std::vector<Library> libraries();

/// What a store holds, in numbers.
struct StoreStatus {
  std::string output;
  int64_t datasets = 0;
  int64_t versions = 0;
  int64_t bytes = 0;  // of data files that versions refer to
  int64_t unfinished_exports = 0;
  int64_t free_disk_bytes = 0;
  std::vector<Finding> findings;  // of cheap checks only

  /// ok, degraded or failing.
  std::string_view verdict() const;

  std::string to_json() const;
  std::string to_prometheus() const;
};

/// A store, opened, with the services over it.
class Workspace {
 public:
  /// Open the store of a configuration, finish what crashed writers left, and bring stale mirrors
  /// up to date.
  ///
  /// Effects  `create` makes the store if there is none.
  /// Errors   not_found without `create`; permission, corrupt, io.
  static Workspace open(const PipelineConfig& config, bool create);

  /// What an export of these tables would do. Makes no store where there is none.
  static ExportPlan plan_export(const PipelineConfig& config,
                                const std::vector<std::string>& tables, const std::string& dataset);

  ExportManager& exports() { return exports_; }
  DataVersionManager& versions() { return versions_; }
  DataLineageTracker& lineage() { return lineage_; }

  /// What further services of the same store are made from.
  const std::shared_ptr<store::Store>& store() const { return store_; }

  StoreStatus status() const;

  /// Look at everything: configuration, folders, locks, catalog, mirrors, and every file of every
  /// version as deep as `level`.
  HealthReport doctor(VerifyLevel level, Progress& progress = no_progress());

  /// The same for a store that may not even open: why it does not is then what was found.
  ///
  /// Errors   not_found where there is no store; what `progress` throws.
  static HealthReport examine(const PipelineConfig& config, VerifyLevel level,
                              Progress& progress = no_progress());

 private:
  explicit Workspace(std::shared_ptr<store::Store> store);

  std::shared_ptr<store::Store> store_;
  ExportManager exports_;
  DataVersionManager versions_;
  DataLineageTracker lineage_;
};

}  // namespace cairn
