#pragma once

#include <string>

#include "cairn/health.h"
#include "store/store.h"

namespace cairn::workspace {

/// Count what a store and its cache hold, and look at what costs little to look at. Time grows with
/// the number of checkpoints that are kept, with nothing else.
StoreStatus measure_status(store::Store& store, DataCache& cache,
                           const std::string& lineage_failure);

}  // namespace cairn::workspace
