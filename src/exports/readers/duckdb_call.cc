#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>

#include <algorithm>

#include "exports/readers/csv_calls.h"
#include "exports/readers/python_text.h"

namespace cairn::exports {
namespace {

using arrow::Type;

// DuckDB refuses longer records unless it is told.
constexpr int64_t kLongestRecord = 2'000'000;

std::string timestamp_type(const arrow::TimestampType& type) {
  // Zoned values are instants for DuckDB, shown in the zone of the session.
  if (!type.timezone().empty()) return type.unit() == arrow::TimeUnit::NANO ? "" : "TIMESTAMPTZ";
  switch (type.unit()) {
    case arrow::TimeUnit::SECOND:
      return "TIMESTAMP_S";
    case arrow::TimeUnit::MILLI:
      return "TIMESTAMP_MS";
    case arrow::TimeUnit::MICRO:
      return "TIMESTAMP";
    default:
      return "TIMESTAMP_NS";
  }
}

// The SQL type whose text DuckDB's own reader knows, nothing where there is none.
std::string sql_type(const arrow::DataType& type) {
  switch (type.id()) {
    case Type::BOOL:
      return "BOOLEAN";
    case Type::INT8:
      return "TINYINT";
    case Type::INT16:
      return "SMALLINT";
    case Type::INT32:
      return "INTEGER";
    case Type::INT64:
      return "BIGINT";
    case Type::UINT8:
      return "UTINYINT";
    case Type::UINT16:
      return "USMALLINT";
    case Type::UINT32:
      return "UINTEGER";
    case Type::UINT64:
      return "UBIGINT";
    case Type::FLOAT:
      return "FLOAT";
    case Type::DOUBLE:
      return "DOUBLE";
    case Type::STRING:
    case Type::LARGE_STRING:
    case Type::DICTIONARY:
      return "VARCHAR";
    case Type::DATE32:
      return "DATE";
    case Type::TIME32:
      return "TIME";
    case Type::TIME64:
      return static_cast<const arrow::Time64Type&>(type).unit() == arrow::TimeUnit::NANO ? "TIME_NS"
                                                                                         : "TIME";
    case Type::TIMESTAMP:
      return timestamp_type(static_cast<const arrow::TimestampType&>(type));
    case Type::DECIMAL128: {
      const auto& decimal = static_cast<const arrow::DecimalType&>(type);
      return fmt::format("DECIMAL({}, {})", decimal.precision(), decimal.scale());
    }
    default:
      return {};
  }
}

std::string read_csv(const CsvTable& table) {
  std::vector<std::pair<std::string, std::string>> columns;
  for (const auto& column : table.columns)
    columns.emplace_back(column.name, python_string(sql_type(*column.type)));
  return fmt::format(
      "duckdb.read_csv(path, auto_detect=False, header={}, sep={}, quotechar='\"', "
      "escapechar='\"', na_values={}, allow_quoted_nulls=False, columns={})",
      table.dialect.header ? "True" : "False", python_string({&table.dialect.delimiter, 1}),
      python_string(table.dialect.null_token), python_dict(columns));
}

}  // namespace

std::string duckdb_call(const CsvTable& table) {
  const bool native =
      !table.is_escaped() && table.longest_record <= kLongestRecord &&
      std::none_of(table.columns.begin(), table.columns.end(),
                   [](const auto& column) { return sql_type(*column.type).empty(); });
  return native ? read_csv(table) : fmt::format("duckdb.from_arrow({})", pyarrow_call(table));
}

}  // namespace cairn::exports
