#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace cairn::formats {

/// Appends the JSON text of the value in a row. Not for two threads.
using JsonAppender = std::function<void(int64_t row, std::string& out)>;

/// Find, once for a whole array, how its values are written as JSON (docs/formats.md, nested
/// values): null as null, nested values to any depth.
///
/// Shape    every Arrow type except union, structs with names that are not repeated.
/// Errors   unsupported; the appender throws invalid_argument for values their type forbids.
JsonAppender json_appender(const std::shared_ptr<arrow::Array>& array);

}  // namespace cairn::formats
