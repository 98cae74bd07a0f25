#pragma once

#include <arrow/type_fwd.h>

#include "base/json.h"

namespace cairn::exports {

/// The Table Schema (Data Package v2) of a table in CSV or Parquet: for each column its name, the
/// nearest of the standard's types, the logical Arrow type as "x-arrow", and whether it is
/// required.
///
/// Shape    `profile` is the array kept with the table; `null_token` of the file, empty for
/// Parquet. Errors   unsupported for unions.
Json table_schema(const arrow::Schema& schema, const Json& profile, const std::string& null_token);

/// The profile of the column at a position, an empty object where there is none.
Json profile_of(const Json& profile, int column);

}  // namespace cairn::exports
