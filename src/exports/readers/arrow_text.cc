#include "exports/readers/arrow_text.h"

#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "cairn/error.h"
#include "data/logical_type.h"
#include "exports/readers/csv_table.h"
#include "exports/readers/python_text.h"

namespace cairn::exports {
namespace {

using arrow::Type;

arrow::TimeUnit::type unit_of(const arrow::DataType& type) {
  switch (type.id()) {
    case Type::TIMESTAMP:
      return static_cast<const arrow::TimestampType&>(type).unit();
    case Type::DURATION:
      return static_cast<const arrow::DurationType&>(type).unit();
    default:
      return static_cast<const arrow::TimeType&>(type).unit();
  }
}

std::string timestamp_text(const arrow::TimestampType& type) {
  if (type.timezone().empty()) return fmt::format("pa.timestamp(\"{}\")", unit_text(type));
  return fmt::format("pa.timestamp(\"{}\", {})", unit_text(type), python_string(type.timezone()));
}

std::string struct_text(const arrow::DataType& type) {
  std::vector<std::string> fields;
  for (const auto& field : type.fields())
    fields.push_back(
        fmt::format("({}, {})", python_string(field->name()), arrow_type_text(*field->type())));
  return fmt::format("pa.struct([{}])", fmt::join(fields, ", "));
}

std::string nested_text(const arrow::DataType& type) {
  const auto child = [&](int i) { return arrow_type_text(*type.field(i)->type()); };
  switch (type.id()) {
    case Type::STRUCT:
      return struct_text(type);
    case Type::MAP: {
      const auto& map = static_cast<const arrow::MapType&>(type);
      return fmt::format("pa.map_({}, {})", arrow_type_text(*map.key_type()),
                         arrow_type_text(*map.item_type()));
    }
    case Type::LARGE_LIST:
      return fmt::format("pa.large_list({})", child(0));
    case Type::FIXED_SIZE_LIST:
      return fmt::format("pa.list_({}, {})", child(0),
                         static_cast<const arrow::FixedSizeListType&>(type).list_size());
    default:
      return fmt::format("pa.list_({})", child(0));
  }
}

// A decoder of items, or nothing to do where items are as they should be.
std::string decode_list(const arrow::DataType& type, const std::string& value, int depth) {
  const std::string item = fmt::format("x{}", depth);
  const std::string decoded = decode_text(*type.field(0)->type(), item, depth + 1);
  if (decoded == item) return value;
  return fmt::format("{0} and [{1} for {2} in {0}]", value, decoded, item);
}

std::string decode_struct(const arrow::DataType& type, const std::string& value, int depth) {
  std::vector<std::pair<std::string, std::string>> members;
  bool changed = false;
  for (const auto& field : type.fields()) {
    const std::string member = fmt::format("{}[{}]", value, python_string(field->name()));
    members.emplace_back(field->name(), decode_text(*field->type(), member, depth));
    changed = changed || members.back().second != member;
  }
  return changed ? fmt::format("{} and {}", value, python_dict(members)) : value;
}

std::string decode_map(const arrow::MapType& type, const std::string& value, int depth) {
  const std::string key = fmt::format("k{}", depth);
  const std::string item = fmt::format("x{}", depth);
  return fmt::format("{0} and [({1}, {2}) for {3}, {4} in {0}]", value,
                     decode_text(*type.key_type(), key, depth + 1),
                     decode_text(*type.item_type(), item, depth + 1), key, item);
}

// `value and f(value)` keeps None, and what is false otherwise (0.0, "", []) needs no decoding.
std::string decode_scalar(const arrow::DataType& type, const std::string& value) {
  const auto apply = [&](std::string_view function) {
    return fmt::format("({0} and {1}({0}))", value, function);
  };
  if (arrow::is_decimal(type.id())) return apply("decimal.Decimal");
  if (arrow::is_date(type.id())) return apply("datetime.date.fromisoformat");
  if (arrow::is_time(type.id())) return apply("datetime.time.fromisoformat");
  if (is_base64(type)) return apply("base64.b64decode");
  switch (type.id()) {
    case Type::HALF_FLOAT:
    case Type::DOUBLE:
      return apply("float");
    case Type::FLOAT:
      // By way of text: rounding the double to a float could round twice.
      return fmt::format("({0} and pa.scalar(str({0})).cast(pa.float32()).as_py())", value);
    case Type::TIMESTAMP:
      return fmt::format("({0} and pa.scalar({0}).cast({1}).value)", value, arrow_type_text(type));
    default:
      return value;
  }
}

}  // namespace

std::string unit_text(const arrow::DataType& temporal) {
  return std::string(data::unit_text(unit_of(temporal)));
}

std::string arrow_type_text(const arrow::DataType& type) {
  if (arrow::is_nested(type)) return nested_text(type);
  if (arrow::is_decimal(type.id())) {
    const auto& decimal = static_cast<const arrow::DecimalType&>(type);
    return fmt::format("pa.{}({}, {})", type.name(), decimal.precision(), decimal.scale());
  }
  switch (type.id()) {
    case Type::BOOL:
      return "pa.bool_()";
    case Type::HALF_FLOAT:
      return "pa.float16()";
    case Type::FLOAT:
      return "pa.float32()";
    case Type::DOUBLE:
      return "pa.float64()";
    case Type::STRING:
      return "pa.string()";
    case Type::LARGE_STRING:
      return "pa.large_string()";
    case Type::FIXED_SIZE_BINARY:
      return fmt::format("pa.binary({})",
                         static_cast<const arrow::FixedSizeBinaryType&>(type).byte_width());
    case Type::TIME32:
    case Type::TIME64:
    case Type::DURATION:
      return fmt::format("pa.{}(\"{}\")", type.name(), unit_text(type));
    case Type::TIMESTAMP:
      return timestamp_text(static_cast<const arrow::TimestampType&>(type));
    case Type::DICTIONARY:
      return "pa.dictionary(pa.int32(), pa.string())";
    default:
      return fmt::format("pa.{}()", type.name());  // null, int8 … uint64, date32, binary, …
  }
}

bool is_decodable(const arrow::DataType& nested) {
  // Python has no time of day in nanoseconds.
  return !contains_type(nested, [](const arrow::DataType& type) {
    return arrow::is_interval(type.id()) ||
           (type.id() == Type::TIME64 && unit_of(type) == arrow::TimeUnit::NANO);
  });
}

std::string decode_text(const arrow::DataType& type, const std::string& value, int depth) {
  switch (type.id()) {
    case Type::STRUCT:
      return decode_struct(type, value, depth);
    case Type::MAP:
      return decode_map(static_cast<const arrow::MapType&>(type), value, depth);
    case Type::LIST:
    case Type::LARGE_LIST:
    case Type::FIXED_SIZE_LIST:
      return decode_list(type, value, depth);
    default:
      return decode_scalar(type, value);
  }
}

}  // namespace cairn::exports
