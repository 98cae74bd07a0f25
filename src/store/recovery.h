#pragma once

#include <cstdint>

namespace cairn::store {

class Store;

/// Finish what dead writers left undone: for every export that was announced and never committed,
/// and for every removal that was committed and not carried out, whose writer no longer lives,
/// remove the recorded files and then the row. Only recorded paths are touched, and the lock files
/// of dead writers. The same for checkpoints (store/checkpoint_sweep.h). Idempotent; a crash at any point of it is finished by the next call.
void recover(Store& store);

/// Mark the runs of lineage whose writer no longer lives as ABORT; returns how many. Idempotent.
int64_t end_runs_of_the_dead(Store& store);

}  // namespace cairn::store
