#include "cairn/data_version_manager.h"

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "base/json.h"
#include "base/names.h"
#include "exports/find_version.h"
#include "exports/manifest.h"
#include "exports/mirrors.h"
#include "exports/removal.h"
#include "exports/stored_version.h"
#include "exports/version_diff.h"
#include "exports/version_files.h"
#include "store/store.h"

namespace cairn {
namespace {

catalog::Version load(store::Store& store, const DatasetVersion& version) {
  return store.catalog().load(version.dataset, version.version);
}

void record(store::Store& store, const DatasetVersion& version, const std::string& kind,
            Json details) {
  store.catalog().record(
      {0, store.now(), version.dataset, version.version, kind, std::move(details)});
}

// What failed stays known until all of it was looked at and found well.
void note_in_lineage(store::Store& store, const DatasetVersion& version, VerifyLevel level,
                     const IntegrityReport& report) {
  if (report.passed() && level != VerifyLevel::content) return;
  std::string failed;
  for (const Issue& issue : report.issues) {
    if (issue.severity != Issue::Severity::error) continue;
    failed = fmt::format("{} in {}", issue.code, printable(issue.file));
    break;
  }
  if (!report.passed() && failed.empty()) failed = to_string(report.verdict);
  LineageDataset dataset;
  dataset.name = version.dataset;
  store.catalog().lineage().mark_check(dataset, version.version, failed);
}

}  // namespace

DataVersionManager::DataVersionManager(const PipelineConfig& config)
    : store_(store::Store::open(config, store::Store::Mode::existing)) {}

DataVersionManager::DataVersionManager(std::shared_ptr<store::Store> store)
    : store_(std::move(store)) {}

std::vector<DatasetVersion> DataVersionManager::list(const std::string& dataset,
                                                     int64_t limit) const {
  auto versions = store_->catalog().list(dataset, limit);
  if (versions.empty() && !dataset.empty())
    exports::throw_unknown_dataset(store_->catalog(), dataset);
  return versions;
}

std::optional<DatasetVersion> DataVersionManager::latest(const std::string& dataset) const {
  return store_->catalog().latest(dataset);
}

DatasetVersion DataVersionManager::resolve(const VersionReference& reference) const {
  return exports::find_version(store_->catalog(), reference);
}

std::vector<DatasetTable> DataVersionManager::tables(const DatasetVersion& version) const {
  const catalog::Version full = load(*store_, version);
  return {full.table_rows.begin(), full.table_rows.end()};
}

std::vector<DatasetFile> DataVersionManager::files(const DatasetVersion& version) const {
  const catalog::Version full = load(*store_, version);
  return {full.file_rows.begin(), full.file_rows.end()};
}

std::string DataVersionManager::manifest(const DatasetVersion& version) const {
  return to_pretty_json(exports::render_manifest(load(*store_, version)));
}

std::string DataVersionManager::md5_sums(const DatasetVersion& version) const {
  return exports::render_md5_sums(load(*store_, version));
}

std::shared_ptr<arrow::RecordBatchReader> DataVersionManager::read(const DatasetVersion& version,
                                                                   const std::string& table,
                                                                   const std::string& format,
                                                                   arrow::MemoryPool* pool) const {
  return exports::read_table(*store_, load(*store_, version), table, format, pool);
}

void DataVersionManager::get(const DatasetVersion& version, const std::filesystem::path& folder,
                             Progress& progress) const {
  exports::copy_version(*store_, load(*store_, version), folder, progress);
}

VersionDiff DataVersionManager::diff(const DatasetVersion& before,
                                     const DatasetVersion& after) const {
  return exports::diff_versions(load(*store_, before), load(*store_, after));
}

void DataVersionManager::tag(const DatasetVersion& version, const std::string& name, bool replace) {
  check_name("tag", name);
  store_->catalog().tag(version.dataset, version.version, name, replace);
  record(*store_, version, "tag", {{"tag", name}});
  exports::refresh_mirrors(*store_);
}

void DataVersionManager::untag(const std::string& dataset, const std::string& name) {
  store_->catalog().untag(dataset, name);
  exports::refresh_mirrors(*store_);
}

DatasetVersion DataVersionManager::rollback(const DatasetVersion& to, const std::string& message) {
  catalog::VersionDraft draft;
  draft.export_uuid = store_->new_id().text();
  draft.dataset = to.dataset;
  draft.operation = "rollback";
  draft.created = store_->now();
  draft.message = message.empty() ? "rollback to version " + std::to_string(to.version) : message;
  const DatasetVersion version = store_->catalog().rollback(draft, to.version);
  exports::refresh_mirrors(*store_);
  return version;
}

IntegrityReport DataVersionManager::verify(const DatasetVersion& version, VerifyLevel level,
                                           Progress& progress) {
  return verify(std::vector{version}, level, progress).front();
}

std::vector<IntegrityReport> DataVersionManager::verify(const std::vector<DatasetVersion>& versions,
                                                        VerifyLevel level, Progress& progress) {
  exports::FileVerification files(*store_, level, progress);
  std::vector<IntegrityReport> reports;
  for (const DatasetVersion& version : versions) {
    const catalog::Version whole = load(*store_, version);
    exports::require_consistent(whole);
    const IntegrityReport& report = reports.emplace_back(files.run(whole));
    record(*store_, version, "verify",
           {{"level", to_string(level)},
            {"verdict", to_string(report.verdict)},
            {"issues", report.issues.size()}});
    note_in_lineage(*store_, version, level, report);
  }
  return reports;
}

Removal DataVersionManager::expire(const std::string& dataset, const Retention& retention,
                                   bool dry_run) {
  Removal removal = exports::expire_versions(*store_, dataset, retention, dry_run);
  if (!dry_run && !removal.versions.empty()) exports::refresh_mirrors(*store_);
  return removal;
}

Removal DataVersionManager::remove_orphans(bool dry_run) {
  return exports::remove_orphans(*store_, dry_run);
}

}  // namespace cairn
