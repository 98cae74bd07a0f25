#pragma once

#include <arrow/type_fwd.h>

#include <memory>

#include "cairn/csv_dialect.h"
#include "formats/codec.h"

namespace cairn::formats {

/// The dialect that tables of this schema are written in: the given one, with the null token \N for
/// one-column tables that name none, whose nulls would be empty lines. It is what a version records
/// and what readers are given.
///
/// Errors   invalid_argument as CsvDialect::validate.
CsvDialect effective_dialect(const arrow::Schema& schema, CsvDialect dialect);

/// CSV for tables of this schema, in their effective dialect.
///
/// Shape    every Arrow type except union; nested values as JSON text, binary as base64,
///          dictionaries decoded.
/// Errors   invalid_argument for duplicate column names, a value that equals the null token (naming
///          column and token), or a formula under FormulaPolicy::reject; unsupported, naming the
///          column.
std::unique_ptr<Codec> make_csv_codec(std::shared_ptr<arrow::Schema> schema,
                                      const CsvDialect& dialect);

}  // namespace cairn::formats
