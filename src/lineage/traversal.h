#pragma once

#include <optional>

#include "cairn/data_lineage.h"
#include "catalog/lineage_rows.h"

namespace cairn::lineage {

using Direction = catalog::LineageSteps::Direction;

/// A walk with what its keys stand for.
LineageGraph to_graph(catalog::LineageRows& rows, catalog::LineageWalk walk,
                      std::optional<int64_t> as_of);

}  // namespace cairn::lineage
