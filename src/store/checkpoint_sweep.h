#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "io/layout.h"

namespace cairn::store {

class Store;

/// Remove a checkpoint, under whichever of its names it lies, from readers first and then from the
/// disk. For who announced it and nobody else knows of it. The folder of checkpoints is not synced.
void remove_checkpoint(const io::Layout& layout, std::string_view id);

/// The same for those that are marked as removed in the catalog, of which others may take care at
/// the same time.
void remove_checkpoints(const io::Layout& layout, const std::vector<std::string>& ids);

/// Finish what dead writers of checkpoints left undone: remove what was announced and never
/// committed, and what was marked as removed, then the rows. Only recorded names are touched.
/// Idempotent; a crash at any point of it is finished by the next call.
void sweep_checkpoints(Store& store);

/// The same for one process, by who holds its lock.
void sweep_process(Store& store, std::string_view slug);

}  // namespace cairn::store
