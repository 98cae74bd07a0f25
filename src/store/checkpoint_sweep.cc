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

void sweep_checkpoints(Store& store) {
  catalog::CheckpointRows& rows = store.catalog().checkpoints();
  if (rows.unfinished().empty()) return;
  // One sweeper at a time: whoever holds the lock does this work for all. Writers take it too while
  // they take a process over, so that a sweeper is never mistaken for a living writer.
  const auto sweeping = io::FileLock::try_acquire(store.layout().recovery_lock());
  if (!sweeping) return;
  std::vector<std::string> gone;
  for (const catalog::UnfinishedCheckpoint& left : rows.unfinished()) {
    const auto writer = left.removed
                            ? std::nullopt
                            : io::FileLock::try_acquire(store.layout().process_lock(left.slug));
    if (!left.removed && !writer) continue;  // it lives
    remove_checkpoint(store.layout(), left.id);
    gone.push_back(left.id);
  }
  if (gone.empty()) return;
  if (io::file_exists(store.layout().checkpoints())) io::sync_folder(store.layout().checkpoints());
  rows.forget(gone);
}

}  // namespace cairn::store
