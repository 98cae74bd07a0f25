#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "store/store.h"

namespace cairn::exports {

/// Bring the JSON files that mirror the catalog up to date: the manifest and MD5 sums of every
/// version that has none yet, version_history.json with the newest versions of the datasets that
/// changed last, and data_lineage.json. Cheap when nothing changed, bounded however many versions
/// there are; several processes may do it at once. Where another one keeps the mirrors locked for
/// longer than `patience`, what is missing is left to it, or to the next call: false then.
bool refresh_mirrors(store::Store& store,
                     std::chrono::milliseconds patience = std::chrono::seconds{2});

/// Hold the mirrors of all these versions, version_history.json and data_lineage.json against the
/// catalog, and write those again that are missing or say something else. Returns their paths.
///
/// Errors   busy where another process keeps the mirrors locked.
std::vector<std::string> repair_mirrors(store::Store& store,
                                        const std::vector<DatasetVersion>& versions,
                                        std::chrono::milliseconds patience = std::chrono::seconds{
                                            2});

}  // namespace cairn::exports
