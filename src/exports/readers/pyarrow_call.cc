#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>

#include "exports/readers/arrow_text.h"
#include "exports/readers/csv_calls.h"
#include "exports/readers/python_text.h"

namespace cairn::exports {
namespace {

// A block of pyarrow's reader holds one record at least; this much is its default.
constexpr int64_t kDefaultBlock = 1 << 20;
constexpr int64_t kLargestBlock = 1 << 30;

// What FormulaPolicy::escape has put in front (docs/formats.md), for RE2.
constexpr std::string_view kEscaped = "^'('*[=+\\-@\\t\\r\\n＝＋－＠])";

// What pyarrow's CSV reader is told to read: its own type where it knows the text of that.
std::string type_read(const arrow::DataType& type) {
  if (is_base64(type) || arrow::is_nested(type)) return "pa.string()";
  if (type.id() == arrow::Type::HALF_FLOAT) return "pa.float64()";
  if (arrow::is_decimal(type.id()) && type.id() != arrow::Type::DECIMAL128) return "pa.string()";
  return arrow_type_text(type);
}

std::string from_python(const arrow::DataType& type, const std::string& decoded,
                        const std::string& values) {
  return fmt::format("pa.array([None if v is None else {} for v in {}.to_pylist()], {})", decoded,
                     values, arrow_type_text(type));
}

// The expression that makes `values`, as read, into the column; `values` where they are it already.
std::string restored(const arrow::DataType& type, const std::string& values, bool escaped) {
  if (arrow::is_string(type) && escaped) {
    return fmt::format("pa.compute.replace_substring_regex({}, {}, {})", values,
                       python_string(kEscaped), python_string("\\1"));
  }
  if (is_base64(type)) return from_python(type, "base64.b64decode(v)", values);
  if (arrow::is_nested(type)) {
    const std::string decoded = decode_text(type, "v");
    // A decoder uses the value more than once: parse it once, in an inner loop over one item.
    if (decoded == "v") return from_python(type, "json.loads(v)", values);
    return fmt::format("pa.array([{} for v in (s and json.loads(s) for s in {}.to_pylist())], {})",
                       decoded, values, arrow_type_text(type));
  }
  if (type_read(type) != arrow_type_text(type))
    return fmt::format("{}.cast({})", values, arrow_type_text(type));
  return values;
}

std::string read_options(const CsvTable& table) {
  std::vector<std::string> options;
  if (!table.dialect.header || table.is_escaped())
    options.push_back("column_names=" + python_list(table.names()));
  if (table.dialect.header && table.is_escaped()) options.emplace_back("skip_rows_after_names=1");
  if (2 * table.longest_record > kDefaultBlock) {
    const auto wanted = std::bit_ceil(static_cast<uint64_t>(2 * table.longest_record));
    options.push_back(fmt::format("block_size={}", std::min<uint64_t>(wanted, kLargestBlock)));
  }
  if (options.empty()) return {};
  return fmt::format("read_options=pa.csv.ReadOptions({}), ", fmt::join(options, ", "));
}

std::string parse_options(const CsvTable& table) {
  std::vector<std::string> options;
  if (table.dialect.delimiter != ',')
    options.push_back("delimiter=" + python_string({&table.dialect.delimiter, 1}));
  if (table.has_newlines) options.emplace_back("newlines_in_values=True");
  if (options.empty()) return {};
  return fmt::format("parse_options=pa.csv.ParseOptions({}), ", fmt::join(options, ", "));
}

std::string convert_options(const CsvTable& table) {
  std::vector<std::pair<std::string, std::string>> types;
  for (const auto& column : table.columns) types.emplace_back(column.name, type_read(*column.type));
  return fmt::format(
      "convert_options=pa.csv.ConvertOptions(column_types={}, null_values={}, "
      "strings_can_be_null=True, quoted_strings_can_be_null=False)",
      python_dict(types), python_list({table.dialect.null_token}));
}

}  // namespace

std::string pyarrow_call(const CsvTable& table) {
  const std::string read = fmt::format("pa.csv.read_csv(path, {}{}{})", read_options(table),
                                       parse_options(table), convert_options(table));
  std::string steps;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const auto& column = table.columns[i];
    const std::string values = fmt::format("t[{}]", i);
    const std::string made = restored(*column.type, values, table.is_escaped());
    if (made != values)
      steps += fmt::format(".set_column({}, {}, {})", i, python_string(column.name), made);
  }
  return steps.empty() ? read : fmt::format("(lambda t: t{})({})", steps, read);
}

}  // namespace cairn::exports
