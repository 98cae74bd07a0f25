#pragma once

#include "store/store.h"

namespace cairn::store {

/// Bring data_lineage.json up to date: how much lineage there is, the datasets that changed last
/// and the newest runs. Bounded however much there is; left to the next call where another
/// process keeps the mirrors locked. `write_` is for who holds that lock, and returns whether there
/// was something to write.
void refresh_lineage_mirror(Store& store);
bool write_lineage_mirror(Store& store);

}  // namespace cairn::store
