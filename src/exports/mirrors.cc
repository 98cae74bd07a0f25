#include "exports/mirrors.h"

#include <optional>

#include "cairn/error.h"
#include "exports/manifest.h"
#include "io/file.h"
#include "io/file_lock.h"
#include "store/lineage_mirror.h"
#include "store/mirror_file.h"

namespace cairn::exports {
namespace {

constexpr std::string_view kHistoryFormat = "cairn-version-history/1";
constexpr int64_t kHistoryDatasets = 50;
constexpr int64_t kHistoryVersions = 10;

void write_manifest(store::Store& store, const DatasetVersion& unmirrored) {
  const auto version = store.catalog().load(unmirrored.dataset, unmirrored.version);
  const auto& layout = store.layout();
  io::replace_file(layout.resolve(io::Layout::md5_sums(version.slug, version.version)),
                   render_md5_sums(version));
  io::replace_file(layout.resolve(io::Layout::manifest(version.slug, version.version)),
                   to_pretty_json(render_manifest(version)));
  store.catalog().mark_mirrored(version.dataset, version.version);
}

Json history_entry(const DatasetVersion& version) {
  return {{"version", version.version},
          {"export_id", version.export_uuid},
          {"operation", version.operation},
          {"created", to_rfc3339(version.created)},
          {"state", version.state},
          {"digest", version.digest},
          {"rows", version.rows},
          {"bytes", version.bytes},
          {"tables", version.tables},
          {"files", version.files},
          {"message", version.message},
          {"author", version.author},
          {"tags", version.tags},
          {"manifest", io::Layout::manifest(version.slug, version.version)}};
}

Json history_of(catalog::Catalog& catalog, const catalog::DatasetRow& dataset) {
  Json versions = Json::array();
  for (const auto& version : catalog.list(dataset.name, kHistoryVersions))
    versions.push_back(history_entry(version));
  return {{"slug", dataset.slug},
          {"latest", dataset.latest},
          {"version_count", dataset.versions},
          {"versions", std::move(versions)}};
}

Json render_history(catalog::Catalog& catalog) {
  Json datasets = Json::object();
  for (const auto& dataset : catalog.datasets(kHistoryDatasets))
    datasets[dataset.name] = history_of(catalog, dataset);
  return {{"format", kHistoryFormat}, {"datasets", std::move(datasets)}};
}

}  // namespace

void refresh_mirrors(store::Store& store) {
  // The catalog is read inside the lock: whoever writes last has read last.
  const auto lock = io::FileLock::acquire(store.layout().mirrors_lock());
  std::optional<Error> failure;
  for (const auto& version : store.catalog().unmirrored()) {
    try {
      write_manifest(store, version);
    } catch (const Error& error) {
      // One version that cannot be described must not keep all later ones from being.
      if (!failure) failure = error;
    }
  }
  store::write_mirror(store, store.layout().version_history(), render_history(store.catalog()));
  store::write_lineage_mirror(store);
  if (failure) throw *failure;
}

}  // namespace cairn::exports
