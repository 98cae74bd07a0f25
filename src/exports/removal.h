#pragma once

#include <string>

#include "cairn/data_version_manager.h"
#include "store/store.h"

namespace cairn::exports {

/// Expire what the rules do not keep: rows first, then files; see DataVersionManager::expire.
Removal expire_versions(store::Store& store, const std::string& dataset, const Retention& rules,
                        bool dry_run);

/// Remove files of our naming that no version refers to; see DataVersionManager::remove_orphans.
Removal remove_orphans(store::Store& store, bool dry_run);

}  // namespace cairn::exports
