#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <vector>

namespace cairn::data {

/// One batch of the rows of several, at least one, in order. Dictionaries may differ from batch to
/// batch, and hold values of any type.
///
/// Errors   unsupported, naming the column, when the dictionaries of a column have more entries
///          together than its indices can count.
std::shared_ptr<arrow::RecordBatch> join_rows(
    const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches);

}  // namespace cairn::data
