#pragma once

#include "base/json.h"
#include "cairn/csv_dialect.h"

namespace cairn::formats {

/// A dialect as recorded with a version, and back. Errors of reading: corrupt.
Json to_json(const CsvDialect& dialect);
CsvDialect csv_dialect_from_json(const Json& json);

}  // namespace cairn::formats
