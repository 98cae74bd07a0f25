#pragma once

#include <arrow/type_fwd.h>

#include <memory>

namespace cairn::formats {

/// The schema that holds the values of both: fields of either, in order of appearance, and of each
/// field the least type for its values in both.
///
///   null and anything      the other
///   int64 and double       double
///   timestamp and string   string
///   two timestamps         the finer unit
///   lists, structs         of what unites their items or fields
///
/// Errors   corrupt, naming the field, where no type holds both.
std::shared_ptr<arrow::Schema> unite(const std::shared_ptr<arrow::Schema>& left,
                                     const std::shared_ptr<arrow::Schema>& right);

}  // namespace cairn::formats
