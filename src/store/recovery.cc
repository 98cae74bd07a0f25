#include "store/recovery.h"

#include <set>

#include "io/file.h"
#include "io/file_lock.h"
#include "store/publication.h"
#include "store/store.h"

namespace cairn::store {

void recover(Store& store) {
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

}  // namespace cairn::store
