#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <string>

#include "exports/readers/csv_table.h"

namespace cairn::exports {

// For each library the expression that reads the CSV file named by `path`. Columns are to be in
// types that the library has: with utf8 in place of one that it lacks, they stay text.

std::string pyarrow_call(const CsvTable& table);

/// With pandas' own reader where that keeps every value, by way of pyarrow otherwise.
std::string pandas_call(const CsvTable& table);

std::string polars_call(const CsvTable& table);

std::string duckdb_call(const CsvTable& table);

}  // namespace cairn::exports
