#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "output.h"

namespace cairn::cli {

/// Print rows, all or the first `limit`, as they come: as JSON lines where that is the `format` or
/// results are JSON, else as CSV.
void print_rows(const Output& out, arrow::RecordBatchReader& reader, std::string_view format,
                std::optional<int64_t> limit);

}  // namespace cairn::cli
