#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <string>
#include <string_view>

namespace cairn::data {

/// A unit of time as types spell it: s, ms, us, ns.
std::string_view unit_text(arrow::TimeUnit::type unit);

/// The canonical text of a logical type, as `cd1` and the schema fingerprint use it: int64, utf8,
/// timestamp[us, Europe/Berlin], decimal(12, 2), list<utf8>, struct<a: int64, b: utf8>. Physical
/// layouts of the same values (dictionary, run-end, large, view) have the same text. Field
/// nullability is not part of it. Throws unsupported for union.
std::string logical_type(const arrow::DataType& type);

/// "sf1:<hex>": SHA-256 over ordered names, logical types and nullability. Equal for schemas a
/// reader cannot tell apart.
std::string schema_fingerprint(const arrow::Schema& schema);

/// A schema as stored with a version, exact to the physical layout and metadata: base64 of its
/// Arrow IPC message.
std::string encode_schema(const arrow::Schema& schema);
std::shared_ptr<arrow::Schema> decode_schema(std::string_view text);

}  // namespace cairn::data
