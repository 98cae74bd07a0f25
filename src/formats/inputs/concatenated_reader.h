#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <string>
#include <vector>

namespace cairn::formats {

/// A named reader among several that are read one after another.
struct NamedReader {
  std::string name;  // for messages
  std::shared_ptr<arrow::RecordBatchReader> reader;
};

/// One reader over all rows of several, in order. All must have the columns of the first: the same
/// names, types and order.
///
/// Errors   invalid_argument, naming the first part and column that differ.
std::shared_ptr<arrow::RecordBatchReader> concatenate(std::vector<NamedReader> parts);

}  // namespace cairn::formats
