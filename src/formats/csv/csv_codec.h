#pragma once

#include <arrow/type_fwd.h>

#include <memory>

#include "formats/codec.h"
#include "cairn/csv_dialect.h"

namespace cairn::formats {

/// CSV for tables of this schema.
///
/// Shape    every Arrow type except union; nested values as JSON text, binary as base64,
/// dictionaries decoded.
/// Errors   invalid_argument for duplicate column names or a value that
/// equals the null token (naming column and token),
///          or a formula under FormulaPolicy::reject; unsupported, naming the column.
std::unique_ptr<Codec> make_csv_codec(std::shared_ptr<arrow::Schema> schema,
                                      const CsvDialect& dialect);

}  // namespace cairn::formats
