#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cairn/csv_dialect.h"
#include "catalog/rows.h"

namespace cairn::exports {

/// A table in a CSV file, as far as a reader has to know it.
struct CsvTable {
  struct Column {
    std::string name;
    std::shared_ptr<arrow::DataType> type;  // plain, or dictionary<int32, utf8>
    int64_t nulls = 0;
    int64_t empties = 0;
    int64_t nans = 0;
    bool has_long_years = false;  // outside 0000 … 9999
  };

  std::vector<Column> columns;
  CsvDialect dialect;
  bool has_newlines = false;   // inside a field or name
  int64_t longest_record = 0;  // no record has more bytes

  std::vector<std::string> names() const;

  /// Whether strings and names hold quotes that FormulaPolicy::escape has put there.
  bool is_escaped() const;

  /// Whether a reader that does not look at quotes takes an empty string of this column for null,
  /// or null for an empty string.
  bool is_ambiguous(const Column& column) const;
};

/// Errors   corrupt where the rows do not hold what is recorded with a CSV file.
CsvTable describe_csv(const catalog::FileRow& file, const catalog::TableRow& table);

/// Whether values are written as base64.
bool is_base64(const arrow::DataType& plain);

/// Whether `wanted` holds for the type or for one inside it.
bool contains_type(const arrow::DataType& type,
                   const std::function<bool(const arrow::DataType&)>& wanted);

}  // namespace cairn::exports
