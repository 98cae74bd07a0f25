#pragma once

#include "base/json.h"
#include "cairn/lineage_records.h"

namespace cairn::store {

// What lineage keeps, as JSON: in its mirror, in reports and on the command line. docs/formats.md
// has the fields.

Json to_json(const LineageNode& node);

/// Inputs and outputs are the texts of nodes: "orders@42".
Json to_json(const LineageRun& run);

}  // namespace cairn::store
