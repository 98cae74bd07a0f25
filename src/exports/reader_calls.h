#pragma once

#include "base/json.h"
#include "catalog/rows.h"

namespace cairn::exports {

/// Calls, ready to be pasted, with which pandas, polars, DuckDB and pyarrow read one file of a
/// version back as exactly the table that was exported: types, nulls and zones. Each is a Python
/// expression in which `path` names the file.
Json reader_calls(const catalog::FileRow& file, const catalog::TableRow& table);

}  // namespace cairn::exports
