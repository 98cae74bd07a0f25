#pragma once

#include <optional>
#include <string_view>

#include "catalog/lineage_rows.h"

namespace cairn::lineage {

/// The version that a reference means: the newest, or as of a moment the newest then.
///
/// Errors   not_found, naming the nearest dataset or the newest version; invalid_argument.
catalog::KeyedNode resolve(catalog::LineageRows& rows, std::string_view reference,
                           std::optional<int64_t> as_of = std::nullopt);

/// The same; every version of the dataset where the reference has no number.
std::vector<catalog::KeyedNode> resolve_all(catalog::LineageRows& rows, std::string_view reference);

}  // namespace cairn::lineage
