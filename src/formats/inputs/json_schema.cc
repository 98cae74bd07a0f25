#include "formats/inputs/json_schema.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_map>

#include "base/names.h"
#include "cairn/error.h"

namespace cairn::formats {
namespace {

using arrow::Type;
using DataTypePtr = std::shared_ptr<arrow::DataType>;

DataTypePtr unite_types(const DataTypePtr& left, const DataTypePtr& right, const std::string& path);

arrow::FieldVector unite_fields(const arrow::FieldVector& left, const arrow::FieldVector& right,
                                const std::string& path) {
  arrow::FieldVector fields = left;
  std::unordered_map<std::string, size_t> position;
  for (size_t i = 0; i < fields.size(); ++i) position.emplace(fields[i]->name(), i);
  for (const auto& field : right) {
    const auto [found, fresh] = position.emplace(field->name(), fields.size());
    if (fresh) {
      fields.push_back(field);
      continue;
    }
    auto& known = fields[found->second];
    const std::string name = path.empty() ? field->name() : path + "." + field->name();
    known = known->WithType(unite_types(known->type(), field->type(), name));
  }
  return fields;
}

// The types of `id` and `other`, whichever way round.
bool are(const DataTypePtr& left, const DataTypePtr& right, Type::type id, Type::type other) {
  return (left->id() == id && right->id() == other) || (left->id() == other && right->id() == id);
}

DataTypePtr unite_types(const DataTypePtr& left, const DataTypePtr& right,
                        const std::string& path) {
  if (left->id() == Type::NA) return right;
  if (right->id() == Type::NA) return left;
  if (left->id() == Type::STRUCT && right->id() == Type::STRUCT)
    return arrow::struct_(unite_fields(left->fields(), right->fields(), path));
  if (left->id() == Type::LIST && right->id() == Type::LIST)
    return arrow::list(unite_types(left->field(0)->type(), right->field(0)->type(), path + "[]"));
  if (left->Equals(*right)) return left;
  if (are(left, right, Type::INT64, Type::DOUBLE)) return arrow::float64();
  if (are(left, right, Type::TIMESTAMP, Type::STRING)) return arrow::utf8();
  if (are(left, right, Type::TIMESTAMP, Type::TIMESTAMP))
    return arrow::timestamp(std::max(static_cast<const arrow::TimestampType&>(*left).unit(),
                                     static_cast<const arrow::TimestampType&>(*right).unit()));
  throw Error(ErrorKind::corrupt,
              fmt::format("field '{}' is {} in some lines and {} in others", printable(path),
                          left->ToString(), right->ToString()),
              "write one type of value in all lines");
}

}  // namespace

std::shared_ptr<arrow::Schema> unite(const std::shared_ptr<arrow::Schema>& left,
                                     const std::shared_ptr<arrow::Schema>& right) {
  return arrow::schema(unite_fields(left->fields(), right->fields(), ""));
}

}  // namespace cairn::formats
