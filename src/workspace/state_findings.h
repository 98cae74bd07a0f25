#pragma once

#include <vector>

#include "cairn/persistence_manager.h"

namespace cairn::workspace {

/// How full a cache is, and how much of it cannot see that data changed.
Finding cache_finding(const CacheStatistics& statistics);

/// Whether there is something in the cache that is of no more use.
Finding cache_waste_finding(DataCache& cache);

/// Whether each process can go on from its newest checkpoint: what loading it says. Reads all of
/// it.
std::vector<Finding> checkpoint_findings(CheckpointManager& checkpoints);

/// Whether somebody died in the middle of a run, and what cannot be recorded.
Finding lineage_finding(const StoreStatus::Lineage& lineage);

}  // namespace cairn::workspace
