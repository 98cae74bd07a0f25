#include "cairn/workspace.h"

#include <set>

#include "exports/mirrors.h"
#include "io/machine.h"
#include "store/store.h"
#include "workspace/findings.h"

namespace cairn {
namespace {

std::vector<DatasetVersion> committed(const DataVersionManager& manager) {
  auto versions = manager.list();
  std::erase_if(versions, [](const DatasetVersion& v) { return v.state != "committed"; });
  return versions;
}

void append(std::vector<Finding>& all, std::vector<Finding> more) {
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace

Workspace::Workspace(std::shared_ptr<store::Store> store)
    : store_(std::move(store)), exports_(store_), versions_(store_) {}

Workspace Workspace::open(const PipelineConfig& config, bool create) {
  const auto mode = create ? store::Store::Mode::create : store::Store::Mode::existing;
  Workspace workspace(store::Store::open(config, mode));
  exports::refresh_mirrors(*workspace.store_);
  return workspace;
}

StoreStatus Workspace::status() const {
  StoreStatus status;
  status.output = store_->layout().output().string();
  for (const auto& dataset : store_->catalog().datasets(0)) {
    ++status.datasets;
    status.versions += dataset.versions;
  }
  for (const auto& version : committed(versions_)) status.bytes += version.bytes;
  status.unfinished_exports = static_cast<int64_t>(store_->catalog().unfinished().size());
  status.free_disk_bytes = io::free_disk_bytes(store_->layout().output());
  status.findings = workspace::cheap_findings(*store_);
  return status;
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
  return health;
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
