#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace cairn::integrity {

/// The rows of a batch at these positions, in their order.
std::shared_ptr<arrow::RecordBatch> take_rows(const arrow::RecordBatch& batch,
                                              const std::vector<int64_t>& rows);

}  // namespace cairn::integrity
