#include "cairn/value.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace cairn {
namespace {

// In the order of Value::Alternatives.
constexpr std::array<std::string_view, std::variant_size_v<Value::Alternatives>> kTypeNames{
    "null",  "bool", "int",       "float",    "text", "int", "decimal",
    "bytes", "date", "timestamp", "duration", "list", "set", "map"};

bool same_double(double left, double right) {
  if (std::isnan(left) || std::isnan(right)) return std::isnan(left) && std::isnan(right);
  return left == right && std::signbit(left) == std::signbit(right);
}

}  // namespace

std::string_view Value::type_name() const {
  return kTypeNames.at(value_.index());
}

bool Value::operator==(const Value& other) const {
  const auto* left = std::get_if<double>(&value_);
  const auto* right = std::get_if<double>(&other.value_);
  if (left != nullptr && right != nullptr) return same_double(*left, *right);
  return value_ == other.value_;
}

bool ValueSet::operator==(const ValueSet& other) const {
  return members.size() == other.members.size() &&
         std::is_permutation(members.begin(), members.end(), other.members.begin());
}

}  // namespace cairn
