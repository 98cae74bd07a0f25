#pragma once

#include <arrow/type_fwd.h>

#include <string>

#include "cairn/csv_dialect.h"
#include "formats/codec.h"

namespace cairn::formats {

/// Throw unless tables of this schema have a CSV.
///
/// Errors   invalid_argument naming columns of one name; unsupported naming the column, or for no
///          columns at all.
void check_csv_schema(const arrow::Schema& schema);

/// The bytes before the first record: byte order mark and column names, as far as the dialect has
/// them.
///
/// Errors   invalid_argument for a name that is a formula under FormulaPolicy::reject.
std::string csv_header(const arrow::Schema& schema, const CsvDialect& dialect);

/// The records of some rows. Pure. `dialect` is an effective one (see effective_dialect).
///
/// Effects  the bytes come from `pool`; working memory beside them is a few hundred bytes per
///          column, and text that has to be quoted.
/// Errors   as make_csv_codec.
EncodedUnit encode_csv(const Rows& rows, const CsvDialect& dialect, arrow::MemoryPool* pool);

}  // namespace cairn::formats
