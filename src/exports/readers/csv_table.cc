#include "exports/readers/csv_table.h"

#include <arrow/type.h>
#include <arrow/type_traits.h>

#include <algorithm>

#include "data/logical_type.h"
#include "exports/table_schema.h"
#include "formats/csv/dialect.h"
#include "formats/physical_layout.h"

namespace cairn::exports {
namespace {

// Text of one value that is no string, binary or nested value has fewer bytes.
constexpr int64_t kScalarBytes = 128;

// Text of a column that holds strings of 0 … n bytes has at most this many: base64 grows by a
// third, quotes may double.
constexpr int64_t kTextGrowth = 2;

std::shared_ptr<arrow::DataType> reader_type(const std::shared_ptr<arrow::DataType>& type,
                                             bool escaped) {
  auto plain = formats::plain_type(type);
  if (type->id() == arrow::Type::DICTIONARY && arrow::is_string(*plain) && !escaped)
    return arrow::dictionary(arrow::int32(), arrow::utf8());
  return plain;
}

// Where nothing is known of the values, everything may be among them.
CsvTable::Column describe_column(const arrow::Field& field, const Json& profile, bool escaped) {
  CsvTable::Column column;
  column.name = field.name();
  column.type = reader_type(field.type(), escaped);
  const int64_t unknown = profile.contains("nulls") ? 0 : 1;
  column.nulls = profile.value("nulls", unknown);
  column.empties = profile.value("empties", unknown);
  column.nans = profile.value("nans", unknown);
  if (arrow::is_date(column.type->id()) || column.type->id() == arrow::Type::TIMESTAMP) {
    column.has_long_years =
        profile.value("min", "").starts_with('-') || profile.value("max", "").starts_with('+');
  }
  return column;
}

// At most the bytes of the file: a nested value has no known length of text.
int64_t longest_text(const CsvTable::Column& column, const Json& profile, int64_t file_bytes) {
  if (arrow::is_nested(*column.type)) return file_bytes;
  const int64_t length = profile.value("max_length", int64_t{0});
  return std::min(file_bytes, kScalarBytes + kTextGrowth * length);
}

bool spans_lines(const std::string& text) {
  return text.find_first_of("\r\n") != std::string::npos;
}

}  // namespace

std::vector<std::string> CsvTable::names() const {
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (const Column& column : columns) names.push_back(column.name);
  return names;
}

bool CsvTable::is_escaped() const {
  return dialect.formula_policy == FormulaPolicy::escape;
}

bool CsvTable::is_ambiguous(const Column& column) const {
  return dialect.null_token.empty() && column.nulls > 0 && column.empties > 0;
}

CsvTable describe_csv(const catalog::FileRow& file, const catalog::TableRow& table) {
  CsvTable described;
  described.dialect = formats::csv_dialect_from_json(file.details.value("dialect", Json::object()));
  const auto schema = data::decode_schema(table.schema);
  for (int i = 0; i < schema->num_fields(); ++i) {
    const Json profile = profile_of(table.profile, i);
    auto column = describe_column(*schema->field(i), profile, described.is_escaped());
    described.has_newlines = described.has_newlines || spans_lines(column.name) ||
                             profile.value("has_newlines", profile.empty());
    described.longest_record += longest_text(column, profile, file.bytes);
    described.columns.push_back(std::move(column));
  }
  described.longest_record = std::min(described.longest_record, file.bytes);
  return described;
}

bool is_base64(const arrow::DataType& plain) {
  return arrow::is_binary(plain) || plain.id() == arrow::Type::FIXED_SIZE_BINARY;
}

bool contains_type(const arrow::DataType& type,
                   const std::function<bool(const arrow::DataType&)>& wanted) {
  if (wanted(type)) return true;
  return std::any_of(type.fields().begin(), type.fields().end(),
                     [&](const auto& child) { return contains_type(*child->type(), wanted); });
}

}  // namespace cairn::exports
