#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace arrow {
class Decimal256;
}

namespace cairn::data {

/// The text of one value as profiles show it: as CSV fields of the value read (docs/formats.md,
/// "Text of values").
///
/// Shape    integers, bool, dates, times, timestamps and durations; the stored number.
std::string integer_text(const arrow::DataType& type, int64_t value);

/// Shape    float16, float32 and float64, each printed with the digits it needs itself.
std::string float_text(const arrow::DataType& type, double value);

std::string decimal_text(const arrow::DataType& type, const arrow::Decimal256& value);

/// Shape    strings as they are, binaries as base64; either cut to 64 bytes of text.
std::string bytes_text(const arrow::DataType& type, std::string_view value);

}  // namespace cairn::data
