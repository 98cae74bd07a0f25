#include "integrity/dtype_matrix.h"

#include <arrow/api.h>

#include <algorithm>
#include <array>

#include "formats/physical_layout.h"
#include "integrity/cells.h"

namespace cairn::integrity {
namespace {

using arrow::DataType;
using arrow::Type;

TypeRelation equivalent_if(bool widens) {
  return widens ? TypeRelation::equivalent : TypeRelation::by_value;
}

int bits_of(const DataType& type) {
  return static_cast<const arrow::FixedWidthType&>(type).bit_width();
}

TypeRelation relate_integers(const DataType& original, const DataType& exported) {
  const bool from_signed = arrow::is_signed_integer(original.id());
  const bool to_signed = arrow::is_signed_integer(exported.id());
  if (from_signed == to_signed) return equivalent_if(bits_of(exported) >= bits_of(original));
  return equivalent_if(!from_signed && bits_of(exported) > bits_of(original));
}

TypeRelation relate_decimals(const DataType& original, const DataType& exported) {
  const auto& from = static_cast<const arrow::DecimalType&>(original);
  const auto& to = static_cast<const arrow::DecimalType&>(exported);
  return equivalent_if(to.scale() >= from.scale() &&
                       to.precision() - to.scale() >= from.precision() - from.scale());
}

template <typename TimeType>
TypeRelation relate_units(const DataType& original, const DataType& exported) {
  return equivalent_if(static_cast<const TimeType&>(exported).unit() >=
                       static_cast<const TimeType&>(original).unit());
}

arrow::TimeUnit::type time_unit(const DataType& type) {
  return type.id() == Type::TIME32 ? static_cast<const arrow::Time32Type&>(type).unit()
                                   : static_cast<const arrow::Time64Type&>(type).unit();
}

bool is_utc(const std::string& zone) {
  constexpr std::array<std::string_view, 6> kNames{"UTC",    "Etc/UTC", "Z",
                                                   "+00:00", "GMT",     "Etc/GMT"};
  return std::find(kNames.begin(), kNames.end(), zone) != kNames.end();
}

TypeRelation relate_timestamps(const DataType& original, const DataType& exported,
                               DtypePolicy policy) {
  const auto& from = static_cast<const arrow::TimestampType&>(original).timezone();
  const auto& to = static_cast<const arrow::TimestampType&>(exported).timezone();
  if (from.empty() != to.empty()) return TypeRelation::incompatible;
  if (from == to || (is_utc(from) && is_utc(to)))
    return relate_units<arrow::TimestampType>(original, exported);
  // The same instants under another name. CSV has no place for the name.
  return policy == DtypePolicy::csv ? TypeRelation::by_value : TypeRelation::incompatible;
}

TypeRelation relate_composites(const std::shared_ptr<DataType>& original,
                               const std::shared_ptr<DataType>& exported) {
  return wide_type(original)->Equals(*wide_type(exported)) ? TypeRelation::equivalent
                                                           : TypeRelation::incompatible;
}

TypeRelation relate_in_class(ValueClass kind, const std::shared_ptr<DataType>& original,
                             const std::shared_ptr<DataType>& exported, DtypePolicy policy) {
  switch (kind) {
    case ValueClass::integer:
      return relate_integers(*original, *exported);
    case ValueClass::floating:
      return equivalent_if(bits_of(*exported) >= bits_of(*original));
    case ValueClass::decimal:
      return relate_decimals(*original, *exported);
    case ValueClass::time:
      return equivalent_if(time_unit(*exported) >= time_unit(*original));
    case ValueClass::duration:
      return relate_units<arrow::DurationType>(*original, *exported);
    case ValueClass::timestamp:
      return relate_timestamps(*original, *exported, policy);
    case ValueClass::bytes:
      return equivalent_if(exported->id() != Type::FIXED_SIZE_BINARY ||
                           original->Equals(*exported));
    case ValueClass::composite:
      return relate_composites(original, exported);
    default:
      return TypeRelation::equivalent;  // null, bool, text, dates and months: layouts only
  }
}

bool are(ValueClass a, ValueClass b, ValueClass one, ValueClass other) {
  return (a == one && b == other) || (a == other && b == one);
}

TypeRelation relate_classes(ValueClass original, ValueClass exported, DtypePolicy policy) {
  if (original == ValueClass::null || exported == ValueClass::null) return TypeRelation::by_value;
  if (are(original, exported, ValueClass::integer, ValueClass::floating) ||
      are(original, exported, ValueClass::integer, ValueClass::decimal))
    return TypeRelation::by_value;
  if (policy != DtypePolicy::csv) return TypeRelation::incompatible;
  if (are(original, exported, ValueClass::decimal, ValueClass::floating) ||
      are(original, exported, ValueClass::date, ValueClass::timestamp))
    return TypeRelation::by_value;
  if (original == ValueClass::text || exported == ValueClass::text ||
      are(original, exported, ValueClass::integer, ValueClass::duration) ||
      are(original, exported, ValueClass::integer, ValueClass::months))
    return TypeRelation::by_text;
  return TypeRelation::incompatible;
}

std::shared_ptr<arrow::Field> wide_field(const std::shared_ptr<arrow::Field>& field) {
  return arrow::field(field->name(), wide_type(field->type()));
}

}  // namespace

std::string_view to_string(TypeRelation relation) {
  switch (relation) {
    case TypeRelation::identical:
      return "identical";
    case TypeRelation::equivalent:
      return "equivalent";
    case TypeRelation::by_value:
      return "lossless by value";
    case TypeRelation::by_text:
      return "the same as text";
    case TypeRelation::incompatible:
      return "incompatible";
  }
  return "incompatible";
}

TypeRelation relate(const std::shared_ptr<DataType>& original,
                    const std::shared_ptr<DataType>& exported, DtypePolicy policy) {
  if (original->Equals(*exported)) return TypeRelation::identical;
  const auto from = formats::plain_type(original);
  const auto to = formats::plain_type(exported);
  const ValueClass from_class = value_class(*from);
  const ValueClass to_class = value_class(*to);
  if (from_class == to_class) return relate_in_class(from_class, from, to, policy);
  return relate_classes(from_class, to_class, policy);
}

std::shared_ptr<DataType> wide_type(const std::shared_ptr<DataType>& plain) {
  switch (plain->id()) {
    case Type::STRING:
      return arrow::large_utf8();
    case Type::BINARY:
      return arrow::large_binary();
    case Type::LIST:
    case Type::LARGE_LIST:
    case Type::FIXED_SIZE_LIST:
      // A list calls its items as it likes.
      return arrow::large_list(arrow::field("item", wide_type(plain->field(0)->type())));
    case Type::STRUCT: {
      arrow::FieldVector fields;
      for (const auto& field : plain->fields()) fields.push_back(wide_field(field));
      return arrow::struct_(fields);
    }
    case Type::MAP: {
      const auto& map = static_cast<const arrow::MapType&>(*plain);
      return std::make_shared<arrow::MapType>(wide_type(map.key_type()),
                                              wide_type(map.item_type()));
    }
    default:
      return plain;
  }
}

}  // namespace cairn::integrity
