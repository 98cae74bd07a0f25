#include "cairn/workspace.h"

#include "base/ids.h"
#include "cairn/format.h"
#include "engine/resources.h"
#include "exports/export_files.h"
#include "exports/mirrors.h"
#include "io/file.h"
#include "io/layout.h"
#include "io/machine.h"
#include "store/store.h"
#include "workspace/findings.h"
#include "workspace/state_findings.h"

namespace cairn {
namespace {

std::vector<DatasetVersion> committed(const DataVersionManager& manager) {
  auto versions = manager.list();
  std::erase_if(versions, [](const DatasetVersion& v) { return v.state != "committed"; });
  return versions;
}

io::Layout layout_of(const PipelineConfig& config) {
  return {config.output_data_path, config.temp_data_path};
}

// The folder itself, or where it would be made.
std::filesystem::path nearest_folder(const std::filesystem::path& folder) {
  auto nearest = std::filesystem::absolute(folder);
  while (!io::file_exists(nearest)) nearest = nearest.parent_path();
  return nearest;
}

void append(std::vector<Finding>& all, std::vector<Finding> more) {
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace

Workspace::Workspace(std::shared_ptr<store::Store> store)
    : store_(std::move(store)), exports_(store_), versions_(store_), persistence_(store_) {}

Workspace Workspace::open(const PipelineConfig& config, bool create) {
  const auto mode = create ? store::Store::Mode::create : store::Store::Mode::existing;
  Workspace workspace(store::Store::open(config, mode));
  // Who holds the lock does this very work, or is stuck; neither is to be waited for.
  exports::refresh_mirrors(*workspace.store_, {});
  return workspace;
}

ExportPlan Workspace::plan_export(const PipelineConfig& config,
                                  const std::vector<std::string>& tables,
                                  const std::string& dataset) {
  if (io::file_exists(layout_of(config).catalog())) {
    return open(config, false).exports().exporter().plan(tables, dataset);
  }
  ExportPlan plan;
  plan.dataset = dataset;
  const Environment environment;
  const auto id = Uuid::make(*environment.clock, *environment.random);
  for (const auto& file :
       exports::plan_files(dataset, tables, config.output_formats, id, environment.clock->now())) {
    DatasetFile& planned = plan.files.emplace_back();
    planned.table = tables[file.table];
    planned.format = to_string(file.format);
    planned.path = file.path;
  }
  plan.memory_budget = engine::resolve_memory_budget(config.memory_budget);
  plan.free_disk_bytes = io::free_disk_bytes(nearest_folder(config.output_data_path));
  return plan;
}

HealthReport Workspace::doctor(VerifyLevel level, Progress& progress) {
  HealthReport health;
  append(health.findings, workspace::access_findings(*store_));
  append(health.findings, workspace::cheap_findings(*store_));
  const Finding catalog = workspace::catalog_finding(*store_);
  health.findings.push_back(catalog);
  // What a damaged catalog says of files is not worth holding files against.
  if (catalog.state == Finding::State::fail) return health;
  const auto versions = committed(versions_);
  health.findings.push_back(workspace::mirror_finding(*store_, versions));
  append(health.findings, workspace::file_findings(versions_, versions, level, progress));
  append(health.findings, state_findings(level));
  return health;
}

std::vector<Finding> Workspace::state_findings(VerifyLevel level) {
  const StoreStatus measured = status();
  std::vector<Finding> findings{workspace::cache_finding(measured.cache),
                                workspace::cache_waste_finding(persistence_.cache()),
                                workspace::lineage_finding(measured.lineage)};
  // At the level of sizes no data is read.
  if (level != VerifyLevel::size)
    append(findings, workspace::checkpoint_findings(persistence_.checkpoint_manager()));
  return findings;
}

HealthReport Workspace::examine(const PipelineConfig& config, VerifyLevel level,
                                Progress& progress) {
  try {
    return open(config, false).doctor(level, progress);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::not_found || error.kind() == ErrorKind::cancelled) throw;
    return {{workspace::failure("store", error)}};
  }
}

}  // namespace cairn
