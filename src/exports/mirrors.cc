#include "exports/mirrors.h"

#include <array>
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

struct Mirror {
  std::string path;  // relative to the output folder
  std::string content;
};

std::array<Mirror, 2> mirrors_of(store::Store& store, const DatasetVersion& listed) {
  const auto version = store.catalog().load(listed.dataset, listed.version);
  return {Mirror{io::Layout::md5_sums(version.slug, version.version), render_md5_sums(version)},
          Mirror{io::Layout::manifest(version.slug, version.version),
                 to_pretty_json(render_manifest(version))}};
}

bool is_as_told(const std::filesystem::path& file, const std::string& content) {
  const auto size = static_cast<int64_t>(content.size());
  return io::file_exists(file) && io::bytes_of_file(file) == size &&
         io::read_file(file, size) == content;
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

bool write_history(store::Store& store) {
  return store::write_mirror(store, store.layout().version_history(),
                             render_history(store.catalog()));
}

}  // namespace

bool refresh_mirrors(store::Store& store, std::chrono::milliseconds patience) {
  // The catalog is read inside the lock: whoever writes last has read last.
  const auto lock = io::FileLock::try_acquire_for(store.layout().mirrors_lock(), patience);
  if (!lock) return false;
  std::optional<Error> failure;
  for (const auto& version : store.catalog().unmirrored()) {
    try {
      for (const Mirror& mirror : mirrors_of(store, version))
        io::replace_file(store.layout().resolve(mirror.path), mirror.content);
      store.catalog().mark_mirrored(version.dataset, version.version);
    } catch (const Error& error) {
      // One version that cannot be described must not keep all later ones from being.
      if (!failure) failure = error;
    }
  }
  write_history(store);
  store::write_lineage_mirror(store);
  if (failure) throw *failure;
  return true;
}

std::vector<std::string> repair_mirrors(store::Store& store,
                                        const std::vector<DatasetVersion>& versions,
                                        std::chrono::milliseconds patience) {
  const auto lock = io::FileLock::acquire(store.layout().mirrors_lock(), patience);
  std::vector<std::string> rewritten;
  for (const DatasetVersion& version : versions) {
    for (const Mirror& mirror : mirrors_of(store, version)) {
      const auto file = store.layout().resolve(mirror.path);
      if (is_as_told(file, mirror.content)) continue;
      io::replace_file(file, mirror.content);
      rewritten.push_back(mirror.path);
    }
  }
  if (write_history(store)) rewritten.push_back(store.layout().version_history().filename());
  if (store::write_lineage_mirror(store))
    rewritten.push_back(store.layout().data_lineage().filename());
  return rewritten;
}

}  // namespace cairn::exports
