#include "exports/readers/type_limits.h"

#include <arrow/type.h>
#include <arrow/type_traits.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "exports/readers/arrow_text.h"

namespace cairn::exports {
namespace {

constexpr int32_t kMaxPrecision = 38;

bool is_wide_decimal(const arrow::DataType& type) {
  if (!arrow::is_decimal(type.id())) return false;
  const auto& decimal = static_cast<const arrow::DecimalType&>(type);
  return decimal.precision() > kMaxPrecision || decimal.scale() < 0 ||
         decimal.scale() > decimal.precision();
}

// DuckDB has no half floats, and rounds the nanoseconds of an interval.
bool is_beyond_duckdb(const arrow::DataType& type) {
  if (type.id() == arrow::Type::DURATION)
    return static_cast<const arrow::DurationType&>(type).unit() == arrow::TimeUnit::NANO;
  return type.id() == arrow::Type::HALF_FLOAT;
}

}  // namespace

bool has_wide_decimal(const arrow::DataType& type) {
  return contains_type(type, is_wide_decimal);
}

std::shared_ptr<arrow::DataType> pyarrow_type(const CsvTable::Column& column) {
  if (column.has_long_years || arrow::is_interval(column.type->id())) return arrow::utf8();
  if (arrow::is_nested(*column.type) && !is_decodable(*column.type)) return arrow::utf8();
  return column.type;
}

std::shared_ptr<arrow::DataType> polars_type(const CsvTable::Column& column) {
  auto type = pyarrow_type(column);
  if (has_wide_decimal(*type)) return arrow::utf8();
  if (type->id() == arrow::Type::DATE64) return arrow::date32();
  if (arrow::is_decimal(type->id())) {
    const auto& decimal = static_cast<const arrow::DecimalType&>(*type);
    return arrow::decimal128(decimal.precision(), decimal.scale());
  }
  return type;
}

std::shared_ptr<arrow::DataType> duckdb_type(const CsvTable::Column& column) {
  auto type = polars_type(column);
  return contains_type(*type, is_beyond_duckdb) ? arrow::utf8() : type;
}

bool duckdb_takes_names(const CsvTable& table) {
  std::set<std::string> taken;
  return std::all_of(table.columns.begin(), table.columns.end(), [&](const auto& column) {
    std::string folded = column.name;
    for (char& c : folded) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return !folded.empty() && taken.insert(folded).second;
  });
}

}  // namespace cairn::exports
