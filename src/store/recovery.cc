#include "store/recovery.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "io/file.h"
#include "io/file_lock.h"
#include "store/checkpoint_sweep.h"
#include "store/publication.h"
#include "store/store.h"

namespace cairn::store {
namespace {

void finish_what_the_dead_began(Store& store) {
  auto unfinished = store.catalog().unfinished();
  if (unfinished.empty()) return;
  // One sweeper at a time: whoever holds the lock does this work for all.
  const auto sweeping = io::FileLock::try_acquire(store.layout().recovery_lock());
  if (!sweeping) return;
  for (const catalog::UnfinishedExport& left : unfinished) {
    auto writer = io::FileLock::try_acquire(store.layout().writer_lock(left.writer));
    if (!writer) continue;  // it lives
    sweep(store, left);
    std::move(*writer).remove_and_release();
  }
}

// A writer that dies between its commit and its end leaves nothing to finish but its lock's file.
void remove_locks_of_the_dead(const io::Layout& layout) {
  for (const std::string& writer : layout.locked_writers()) {
    auto lock = io::FileLock::try_acquire(layout.writer_lock(writer));
    if (lock) std::move(*lock).remove_and_release();
  }
}

}  // namespace

int64_t end_runs_of_the_dead(Store& store) {
  std::map<std::string, std::vector<std::string>> runs;
  for (const auto& run : store.catalog().lineage().running()) runs[run.writer].push_back(run.id);
  int64_t ended = 0;
  for (const auto& [writer, ids] : runs) {
    auto lock = io::FileLock::try_acquire(store.layout().writer_lock(writer));
    if (!lock) continue;  // it lives
    for (const std::string& id : ids) {
      ended += store.catalog().lineage().abort(id, store.now()) ? 1 : 0;
    }
    std::move(*lock).remove_and_release();
  }
  return ended;
}

void recover(Store& store) {
  finish_what_the_dead_began(store);
  sweep_checkpoints(store);
  end_runs_of_the_dead(store);
  remove_locks_of_the_dead(store.layout());
}

}  // namespace cairn::store
