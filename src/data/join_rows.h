#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <vector>

namespace cairn::data {

/// One batch of the rows of several, at least one, in order. Dictionaries may differ from batch to
/// batch, and hold values of any type. Indices and run ends that cannot count far enough for all
/// the rows become 64 bits wide, and the schema says so.
std::shared_ptr<arrow::RecordBatch> join_rows(
    const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches);

}  // namespace cairn::data
