#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>

#include <algorithm>

#include "exports/readers/arrow_text.h"
#include "exports/readers/csv_calls.h"
#include "exports/readers/python_text.h"

namespace cairn::exports {
namespace {

using arrow::Type;

std::string datetime_text(const arrow::TimestampType& type) {
  // polars has no seconds; milliseconds hold them.
  const std::string unit =
      type.unit() == arrow::TimeUnit::SECOND ? "ms" : std::string(unit_text(type));
  return fmt::format("pl.Datetime(\"{}\"{})", unit, type.timezone().empty() ? "" : ", \"UTC\"");
}

// The type that polars' own reader is told, nothing where it cannot read the text of one.
std::string polars_dtype(const arrow::DataType& type) {
  switch (type.id()) {
    case Type::BOOL:
      return "pl.Boolean";
    case Type::FLOAT:
      return "pl.Float32";
    case Type::DOUBLE:
      return "pl.Float64";
    case Type::STRING:
    case Type::LARGE_STRING:
      return "pl.String";
    case Type::DICTIONARY:
      return "pl.Categorical";
    case Type::DATE32:
      return "pl.Date";
    case Type::TIME32:
    case Type::TIME64:
      return "pl.Time";
    case Type::TIMESTAMP:
      return datetime_text(static_cast<const arrow::TimestampType&>(type));
    case Type::DECIMAL128: {
      const auto& decimal = static_cast<const arrow::DecimalType&>(type);
      return fmt::format("pl.Decimal({}, {})", decimal.precision(), decimal.scale());
    }
    default:
      break;
  }
  if (!arrow::is_integer(type.id())) return {};
  const bool is_unsigned = arrow::is_unsigned_integer(type.id());
  return (is_unsigned ? "pl.UI" : "pl.I") + type.name().substr(is_unsigned ? 2 : 1);
}

std::string read_csv(const CsvTable& table) {
  std::vector<std::pair<std::string, std::string>> schema;
  std::string zones;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const auto& column = table.columns[i];
    schema.emplace_back(column.name, polars_dtype(*column.type));
    if (column.type->id() != Type::TIMESTAMP) continue;
    const auto& zone = static_cast<const arrow::TimestampType&>(*column.type).timezone();
    // By position: pl.col() takes names like "*" for patterns.
    if (!zone.empty() && zone != "UTC")
      zones += fmt::format("{}pl.nth({}).dt.convert_time_zone({})", zones.empty() ? "" : ", ", i,
                           python_string(zone));
  }
  // The header is passed over, since polars keeps doubled quotes in names doubled.
  std::string call = "pl.read_csv(path, has_header=False";
  if (table.dialect.header) call += ", skip_rows=1";
  if (table.dialect.delimiter != ',')
    call += ", separator=" + python_string({&table.dialect.delimiter, 1});
  if (!table.dialect.null_token.empty())
    call += ", null_values=" + python_string(table.dialect.null_token);
  call += fmt::format(", schema={})", python_dict(schema));
  if (!zones.empty()) call += fmt::format(".with_columns({})", zones);
  return call;
}

}  // namespace

std::string polars_call(const CsvTable& table) {
  const bool native =
      !table.is_escaped() &&
      std::none_of(table.columns.begin(), table.columns.end(),
                   [](const auto& column) { return polars_dtype(*column.type).empty(); });
  return native ? read_csv(table) : fmt::format("pl.from_arrow({})", pyarrow_call(table));
}

}  // namespace cairn::exports
