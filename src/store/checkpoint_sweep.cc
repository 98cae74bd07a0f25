#include "store/checkpoint_sweep.h"

#include <string>
#include <vector>

#include "catalog/checkpoint_rows.h"
#include "io/file.h"
#include "io/file_lock.h"
#include "io/folder.h"
#include "store/store.h"

namespace cairn::store {

void remove_checkpoint(const io::Layout& layout, std::string_view id) {
  const auto trash = layout.trash_checkpoint(id);
  io::remove_folder(trash);
  // Half of a checkpoint never stands under a name that somebody reads.
  for (const auto& folder : {layout.checkpoint(id), layout.corrupt_checkpoint(id)}) {
    if (!io::file_exists(folder)) continue;
    io::rename_folder(folder, trash);
    io::remove_folder(trash);
  }
  io::remove_folder(layout.staging_checkpoint(id));
}

void remove_checkpoints(const io::Layout& layout, const std::vector<std::string>& ids) {
  const auto sweeping = io::FileLock::acquire(layout.recovery_lock());
  for (const std::string& id : ids) remove_checkpoint(layout, id);
}

namespace {

// For who has the recovery lock.
void finish(Store& store, const std::vector<std::string>& ids) {
  if (ids.empty()) return;
  for (const std::string& id : ids) remove_checkpoint(store.layout(), id);
  if (io::file_exists(store.layout().checkpoints())) io::sync_folder(store.layout().checkpoints());
  store.catalog().checkpoints().forget(ids);
}

}  // namespace

void sweep_checkpoints(Store& store) {
  catalog::CheckpointRows& rows = store.catalog().checkpoints();
  if (rows.unfinished().empty()) return;
  // One sweeper at a time: whoever holds the lock does this work for all. Writers take it too while
  // they take a process over, so that a sweeper is never mistaken for a living writer.
  const auto sweeping = io::FileLock::try_acquire(store.layout().recovery_lock());
  if (!sweeping) return;
  for (const catalog::UnfinishedCheckpoint& left : rows.unfinished()) {
    if (left.removed) {
      finish(store, {left.id});
    } else if (auto writer = io::FileLock::try_acquire(store.layout().process_lock(left.slug))) {
      finish(store, {left.id});
      std::move(*writer).remove_and_release();
    }
  }
}

void sweep_process(Store& store, std::string_view slug) {
  std::vector<std::string> ids;
  for (const catalog::UnfinishedCheckpoint& left : store.catalog().checkpoints().unfinished())
    if (left.slug == slug) ids.push_back(left.id);
  if (ids.empty()) return;
  const auto sweeping = io::FileLock::acquire(store.layout().recovery_lock());
  finish(store, ids);
}

}  // namespace cairn::store
