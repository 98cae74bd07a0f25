#pragma once

#include <arrow/array.h>
#include <arrow/json/from_string.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <memory>
#include <string>
#include <string_view>

namespace cairn::testing {

/// An array from JSON text: array_of(arrow::int64(), "[1, null]").
inline std::shared_ptr<arrow::Array> array_of(const std::shared_ptr<arrow::DataType>& type,
                                              std::string_view json) {
  return arrow::json::ArrayFromJSONString(type, json).ValueOrDie();
}

/// A batch of one column.
inline std::shared_ptr<arrow::RecordBatch> batch_of(const std::shared_ptr<arrow::Array>& column,
                                                    const std::string& name = "x") {
  return arrow::RecordBatch::Make(arrow::schema({arrow::field(name, column->type())}),
                                  column->length(), {column});
}

}  // namespace cairn::testing
