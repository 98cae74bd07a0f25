#pragma once

#include "store/store.h"

namespace cairn::exports {

/// Bring the JSON files that mirror the catalog up to date: the manifest and MD5 sums of every
/// version that has none yet, and version_history.json with the newest versions of the datasets
/// that changed last, and data_lineage.json. Cheap when nothing changed, bounded however many versions there are; several
/// processes may do it at once.
void refresh_mirrors(store::Store& store);

}  // namespace cairn::exports
