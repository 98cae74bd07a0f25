#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "exports/readers/arrow_text.h"
#include "exports/readers/csv_calls.h"
#include "exports/readers/python_text.h"

namespace cairn::exports {
namespace {

using arrow::Type;
using Items = std::vector<std::pair<std::string, std::string>>;

// pandas' own types; an integer or bool with nulls takes the form that has them. Nothing for a type
// that its reader would change: it rounds float32 twice, and has no dates, times or decimals.
std::string pandas_dtype(const CsvTable::Column& column) {
  const arrow::DataType& type = *column.type;
  if (arrow::is_integer(type.id())) {
    if (column.nulls == 0) return type.name();
    const bool is_unsigned = arrow::is_unsigned_integer(type.id());
    return (is_unsigned ? "UI" : "I") + type.name().substr(is_unsigned ? 2 : 1);
  }
  if (type.id() == Type::BOOL) return column.nulls == 0 ? "bool" : "boolean";
  if (type.id() == Type::DOUBLE) return "float64";
  if (type.id() == Type::DICTIONARY) return "category";
  if (arrow::is_string(type) || type.id() == Type::TIMESTAMP) return "str";
  return {};
}

std::string timestamp_dtype(const arrow::TimestampType& type) {
  if (type.timezone().empty()) return fmt::format("datetime64[{}]", unit_text(type));
  return fmt::format("datetime64[{}, {}]", unit_text(type), type.timezone());
}

// A float64 of pandas holds one NaN for both null and NaN.
bool is_native(const CsvTable& table, const CsvTable::Column& column) {
  if (pandas_dtype(column).empty()) return false;
  if (column.type->id() == Type::DOUBLE) return column.nulls == 0 || column.nans == 0;
  return !table.is_ambiguous(column);
}

std::vector<std::string> nulls_of(const CsvTable& table, const CsvTable::Column& column) {
  std::vector<std::string> texts;
  if (column.nulls > 0) texts.push_back(table.dialect.null_token);
  if (column.type->id() == Type::DOUBLE && column.nans > 0) texts.emplace_back("NaN");
  return texts;
}

std::string read_csv(const CsvTable& table) {
  const std::vector<std::string> names = table.names();
  // An empty name would be replaced by one that pandas makes up.
  const bool needs_names =
      !table.dialect.header || std::find(names.begin(), names.end(), "") != names.end();
  Items dtypes;
  Items nulls;
  Items zones;
  for (const auto& column : table.columns) {
    dtypes.emplace_back(column.name, python_string(pandas_dtype(column)));
    if (const auto texts = nulls_of(table, column); !texts.empty())
      nulls.emplace_back(column.name, python_list(texts));
    if (column.type->id() == Type::TIMESTAMP) {
      const auto& type = static_cast<const arrow::TimestampType&>(*column.type);
      zones.emplace_back(column.name, python_string(timestamp_dtype(type)));
    }
  }
  std::string call = "pd.read_csv(path";
  if (table.dialect.delimiter != ',')
    call += ", sep=" + python_string({&table.dialect.delimiter, 1});
  if (needs_names)
    call += fmt::format(", names={}, header={}", python_list(names),
                        table.dialect.header ? "0" : "None");
  call += fmt::format(", dtype={}, keep_default_na=False", python_dict(dtypes));
  if (!nulls.empty()) call += ", na_values=" + python_dict(nulls);
  call += ")";
  if (!zones.empty()) call += fmt::format(".astype({})", python_dict(zones));
  return call;
}

}  // namespace

std::string pandas_call(const CsvTable& table) {
  const bool native = !table.is_escaped() &&
                      std::all_of(table.columns.begin(), table.columns.end(),
                                  [&](const auto& column) { return is_native(table, column); });
  if (native) return read_csv(table);
  return pyarrow_call(table) + ".to_pandas(types_mapper=pd.ArrowDtype)";
}

}  // namespace cairn::exports
