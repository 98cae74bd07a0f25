#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cairn/config.h"
#include "cairn/data_exporter.h"
#include "cairn/data_lineage.h"
#include "cairn/data_version_manager.h"
#include "cairn/health.h"
#include "cairn/persistence_manager.h"

namespace cairn {

/// A library this program runs with.
struct Library {
  std::string name;
  std::string version;
};

std::vector<Library> libraries();

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
  PersistenceManager& persistence() { return persistence_; }
  DataLineageTracker& lineage() { return persistence_.lineage_tracker(); }

  StoreStatus status() { return persistence_.status(); }

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

  std::vector<Finding> state_findings(VerifyLevel level);

  std::shared_ptr<store::Store> store_;
  ExportManager exports_;
  DataVersionManager versions_;
  PersistenceManager persistence_;
};

}  // namespace cairn
