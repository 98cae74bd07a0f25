#pragma once

#include <string>

#include "cairn/checkpoint_manager.h"
#include "checkpoints/loading.h"

namespace cairn::checkpoints {

/// Remove what a policy does not keep of one process. Damaged checkpoints newer than the newest
/// whole one are set aside, so that loading finds that one; where none is whole, everything stays.
CheckpointRemoval clean_up(store::Store& store, const Loader& loader, const std::string& process,
                           const CheckpointPolicy& policy, bool dry_run);

/// Errors   not_found.
void remove_one(store::Store& store, const std::string& id);

}  // namespace cairn::checkpoints
