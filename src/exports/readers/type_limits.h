#pragma once

#include <arrow/type_fwd.h>

#include <memory>

#include "exports/readers/csv_table.h"

namespace cairn::exports {

// The type in which a library can be given the values of a column: the same, an equivalent one, or
// utf8 where it has none, so that they stay text.

std::shared_ptr<arrow::DataType> pyarrow_type(const CsvTable::Column& column);
std::shared_ptr<arrow::DataType> polars_type(const CsvTable::Column& column);
std::shared_ptr<arrow::DataType> duckdb_type(const CsvTable::Column& column);

/// Whether polars and DuckDB lack the type, or one inside it: decimals of more than 38 digits, or
/// of a scale outside them.
bool has_wide_decimal(const arrow::DataType& type);

/// Whether DuckDB can name the columns: none empty, none equal but for case.
bool duckdb_takes_names(const CsvTable& table);

}  // namespace cairn::exports
