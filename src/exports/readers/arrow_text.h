#pragma once

#include <arrow/type_fwd.h>

#include <string>

namespace cairn::exports {

/// The expression that makes a plain type in pyarrow, imported as `pa`: `pa.list_(pa.int64())`.
std::string arrow_type_text(const arrow::DataType& type);

/// "s", "ms", "us" or "ns".
std::string unit_text(const arrow::DataType& temporal);

/// Whether decode_text() can be asked for a nested type.
bool is_decodable(const arrow::DataType& nested);

/// The expression that turns `value`, an expression for a value parsed from the JSON text of
/// docs/formats.md, into what `pa.array` takes for `type`.
std::string decode_text(const arrow::DataType& type, const std::string& value, int depth = 0);

}  // namespace cairn::exports
