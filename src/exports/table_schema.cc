#include "exports/table_schema.h"

#include <arrow/type.h>
#include <arrow/type_traits.h>

#include "data/logical_type.h"
#include "formats/physical_layout.h"

namespace cairn::exports {
namespace {

struct FieldType {
  std::string_view name;
  std::string_view format;  // left out when empty
};

// Of a plain type.
FieldType field_type(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::NA:
      return {"any", {}};
    case arrow::Type::BOOL:
      return {"boolean", {}};
    case arrow::Type::DATE32:
    case arrow::Type::DATE64:
      return {"date", {}};
    case arrow::Type::TIME32:
    case arrow::Type::TIME64:
      return {"time", {}};
    case arrow::Type::TIMESTAMP:
      return {"datetime", {}};
    case arrow::Type::DURATION:
    case arrow::Type::INTERVAL_MONTHS:
      return {"integer", {}};
    case arrow::Type::INTERVAL_DAY_TIME:
    case arrow::Type::INTERVAL_MONTH_DAY_NANO:
    case arrow::Type::STRUCT:
      return {"object", {}};
    default:
      break;
  }
  if (arrow::is_integer(type.id())) return {"integer", {}};
  if (arrow::is_floating(type.id()) || arrow::is_decimal(type.id())) return {"number", {}};
  if (arrow::is_string(type.id())) return {"string", {}};
  if (type.num_fields() > 0) return {"array", {}};  // lists, and maps as arrays of pairs
  return {"string", "binary"};                      // base64, as the standard has it
}

Json field_descriptor(const arrow::Field& field, const Json& profile) {
  const FieldType type = field_type(*formats::plain_type(field.type()));
  Json descriptor = {
      {"name", field.name()}, {"type", type.name}, {"x-arrow", data::logical_type(*field.type())}};
  if (!type.format.empty()) descriptor["format"] = type.format;
  if (!field.nullable()) descriptor["constraints"] = {{"required", true}};

  // The standard takes the empty string for a missing value unless it is told that there is none.
  const bool has_empties = profile.value("empties", int64_t{0}) > 0;
  if (has_empties && type.name == "string" && profile.value("nulls", int64_t{0}) == 0)
    descriptor["missingValues"] = Json::array();
  return descriptor;
}

}  // namespace

Json profile_of(const Json& profile, int column) {
  const auto position = static_cast<size_t>(column);
  if (!profile.is_array() || position >= profile.size() || !profile[position].is_object())
    return Json::object();
  return profile[position];
}

Json table_schema(const arrow::Schema& schema, const Json& profile, const std::string& null_token) {
  Json fields = Json::array();
  for (int i = 0; i < schema.num_fields(); ++i)
    fields.push_back(field_descriptor(*schema.field(i), profile_of(profile, i)));
  Json descriptor = {{"fields", std::move(fields)}};
  if (!null_token.empty()) descriptor["missingValues"] = {null_token};
  return descriptor;
}

}  // namespace cairn::exports
