#pragma once

namespace cairn::store {

class Store;

/// Finish what dead writers left undone: for every export that was announced and never committed,
/// and for every removal that was committed and not carried out, whose writer no longer lives,
/// remove the recorded files and then the row. Only recorded paths are touched, and the lock files
/// of dead writers. The same for checkpoints (store/checkpoint_sweep.h). Idempotent; a crash at any point of it is finished by the next call.
void recover(Store& store);

}  // namespace cairn::store
