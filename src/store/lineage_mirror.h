#pragma once

#include "store/store.h"

namespace cairn::store {

/// Bring data_lineage.json up to date: how much lineage there is, the datasets that changed last
/// and the newest runs. Bounded however much there is. `write_` is for who holds the lock of the
/// mirrors.
void refresh_lineage_mirror(Store& store);
void write_lineage_mirror(Store& store);

}  // namespace cairn::store
