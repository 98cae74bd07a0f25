#include "checkpoints/removal.h"

#include <fmt/format.h>

#include "base/names.h"
#include "cairn/error.h"
#include "checkpoints/retention.h"
#include "io/file.h"
#include "io/folder.h"
#include "store/checkpoint_sweep.h"

namespace cairn::checkpoints {
namespace {

// Rows first, then files, then the rows are forgotten.
void remove_all(store::Store& store, const std::vector<std::string>& ids) {
  if (ids.empty()) return;
  store.catalog().checkpoints().mark_removed(ids);
  store::remove_checkpoints(store.layout(), ids);
  if (io::file_exists(store.layout().checkpoints())) io::sync_folder(store.layout().checkpoints());
  store.catalog().checkpoints().forget(ids);
}

// The newest that is whole, and the damaged ones before it.
struct Verified {
  std::string id;
  std::vector<RecoveryReport::Skipped> damaged;
};

Verified find_newest_whole(store::Store& store, const Loader& loader,
                           const std::vector<catalog::CheckpointRow>& newest_first) {
  Verified verified;
  for (const catalog::CheckpointRow& row : newest_first) {
    try {
      loader.verify(row);
      verified.id = row.id;
      return verified;
    } catch (const Error& error) {
      if (!is_about_the_checkpoint(error)) throw;
      if (!store.catalog().checkpoints().find(row.id)) continue;  // removed meanwhile
      // What a newer program wrote is not damaged.
      if (error.kind() != ErrorKind::unsupported)
        verified.damaged.push_back({row, error.message()});
    }
  }
  return verified;
}

void set_aside(store::Store& store, const std::string& id) {
  const io::Layout& layout = store.layout();
  store.catalog().checkpoints().set_aside(id);
  if (!io::file_exists(layout.checkpoint(id))) return;
  io::rename_folder(layout.checkpoint(id), layout.corrupt_checkpoint(id));
  io::sync_folder(layout.checkpoints());
}

}  // namespace

CheckpointRemoval clean_up(store::Store& store, const Loader& loader, const std::string& process,
                           const CheckpointPolicy& policy, bool dry_run) {
  auto checkpoints = store.catalog().checkpoints().newest(process, 0);
  CheckpointRemoval removal;
  const Verified verified = find_newest_whole(store, loader, checkpoints);
  if (verified.id.empty()) return removal;
  for (const RecoveryReport::Skipped& damaged : verified.damaged) {
    std::erase_if(checkpoints, [&](const auto& row) { return row.id == damaged.checkpoint.id; });
    if (!dry_run) set_aside(store, damaged.checkpoint.id);
  }
  removal.set_aside = verified.damaged;
  DiskUse use(store.layout());
  for (const catalog::CheckpointRow& row : checkpoints) use.add(row);
  const int64_t now = store.now().time_since_epoch().count();
  std::vector<std::string> ids;
  DiskUse before = use;
  for (const auto& row : not_kept(checkpoints, policy, verified.id, now, use)) {
    removal.checkpoints.push_back(row);
    removal.bytes += before.remove(row.id);
    ids.push_back(row.id);
  }
  if (!dry_run) remove_all(store, ids);
  return removal;
}

void remove_one(store::Store& store, const std::string& id) {
  existing_checkpoint(store, id);
  remove_all(store, {id});
}

}  // namespace cairn::checkpoints
