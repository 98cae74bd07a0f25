#include "store/lineage_mirror.h"

#include "io/file_lock.h"
#include "store/lineage_json.h"
#include "store/mirror_file.h"

namespace cairn::store {
namespace {

constexpr std::string_view kFormat = "cairn-data-lineage/1";
constexpr int64_t kDatasets = 50;
constexpr int64_t kRuns = 50;
constexpr std::chrono::seconds kPatience{2};  // for the lock of the mirrors

Json render(catalog::LineageRows& lineage) {
  const catalog::LineageTotals totals = lineage.totals();
  Json datasets = Json::object();
  for (const auto& newest : lineage.datasets(kDatasets))
    datasets[newest.node.dataset.text()] = to_json(newest.node);
  Json runs = Json::array();
  for (const LineageRun& run : lineage.runs("", kRuns)) runs.push_back(to_json(run));
  return {{"format", kFormat},
          {"dataset_count", totals.datasets},
          {"version_count", totals.versions},
          {"run_count", totals.runs},
          {"datasets", std::move(datasets)},
          {"runs", std::move(runs)}};
}

}  // namespace

bool write_lineage_mirror(Store& store) {
  return write_mirror(store, store.layout().data_lineage(), render(store.catalog().lineage()));
}

void refresh_lineage_mirror(Store& store) {
  // The catalog is read inside the lock: whoever writes last has read last.
  const auto lock = io::FileLock::try_acquire_for(store.layout().mirrors_lock(), kPatience);
  if (lock) write_lineage_mirror(store);
}

}  // namespace cairn::store
