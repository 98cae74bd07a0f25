#include "exports/removal.h"

#include <algorithm>
#include <chrono>
#include <regex>
#include <set>
#include <unordered_set>

#include "exports/find_version.h"
#include "exports/retention.h"
#include "io/file.h"
#include "io/folder.h"
#include "store/recovery.h"

namespace cairn::exports {
namespace {

constexpr std::chrono::hours kOrphanAge{24};

std::vector<std::string> dataset_names(store::Store& store, const std::string& dataset) {
  if (!dataset.empty()) {
    if (!store.catalog().latest(dataset)) throw_unknown_dataset(store.catalog(), dataset);
    return {dataset};
  }
  std::vector<std::string> names;
  for (const catalog::DatasetRow& row : store.catalog().datasets(0)) names.push_back(row.name);
  return names;
}

// Files that only versions about to go refer to.
void collect_files(store::Store& store, const std::vector<DatasetVersion>& kept, Removal& removal) {
  std::set<std::string> still_needed;
  for (const DatasetVersion& version : kept) {
    for (const auto& file : store.catalog().load(version.dataset, version.version).file_rows)
      still_needed.insert(file.path);
  }
  for (const DatasetVersion& version : removal.versions) {
    for (const auto& file : store.catalog().load(version.dataset, version.version).file_rows) {
      if (!still_needed.insert(file.path).second) continue;
      removal.files.push_back(file.path);
      removal.bytes += file.bytes;
    }
  }
}

Removal expire_dataset(store::Store& store, const std::string& dataset, const Retention& rules,
                       bool dry_run) {
  const auto versions = store.catalog().list(dataset, 0);
  Removal removal;
  removal.versions = not_retained(versions, rules, store.now());
  if (removal.versions.empty()) return removal;
  std::vector<int64_t> numbers;
  for (const DatasetVersion& version : removal.versions) numbers.push_back(version.version);
  std::vector<DatasetVersion> kept;
  for (const DatasetVersion& version : versions) {
    const bool goes = std::find(numbers.begin(), numbers.end(), version.version) != numbers.end();
    if (!goes && version.state == "committed") kept.push_back(version);
  }
  collect_files(store, kept, removal);
  if (!dry_run) store.catalog().expire(dataset, numbers, store.now());
  return removal;
}

void add(Removal& total, Removal more) {
  std::move(more.versions.begin(), more.versions.end(), std::back_inserter(total.versions));
  std::move(more.files.begin(), more.files.end(), std::back_inserter(total.files));
  total.bytes += more.bytes;
}

}  // namespace

Removal expire_versions(store::Store& store, const std::string& dataset, const Retention& rules,
                        bool dry_run) {
  Removal total;
  for (const std::string& name : dataset_names(store, dataset))
    add(total, expire_dataset(store, name, rules, dry_run));
  if (!dry_run)
    store::recover(
        store);  // the rows are gone: what remains is what recovery does with any removal
  return total;
}

Removal remove_orphans(store::Store& store, bool dry_run) {
  // Anything else in these folders is somebody's: it is neither counted nor touched.
  static const std::regex ours(R"(\.?[a-z0-9_-]+_\d{8}_\d{6}_[0-9a-f]{8}\.(csv|parquet)(\.tmp)?)");
  const auto paths = store.catalog().referenced_paths();
  const std::unordered_set<std::string> referenced(paths.begin(), paths.end());
  const auto youngest = store.now() - kOrphanAge;
  Removal removal;
  for (const std::string folder : {"csv", "parquet", "analytical"}) {
    for (const io::FolderEntry& file : io::list_files(store.layout().output() / folder)) {
      const std::string path = folder + "/" + file.name;
      if (!std::regex_match(file.name, ours) || referenced.contains(path) ||
          file.modified > youngest)
        continue;
      removal.files.push_back(path);
      removal.bytes += file.bytes;
      if (!dry_run) io::remove_file(store.layout().resolve(path));
    }
  }
  return removal;
}

}  // namespace cairn::exports
