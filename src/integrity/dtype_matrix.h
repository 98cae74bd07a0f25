#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <string_view>

#include "cairn/data_integrity.h"

namespace cairn::integrity {

/// How the type of an exported column relates to that of the original; docs/integrity.md has the
/// matrix.
enum class TypeRelation {
  identical,
  equivalent,    // every value of the original type has the same value in the other
  by_value,      // lossless if every value proves to be
  by_text,       // if every value reads as the text of the other
  incompatible,  // values cannot be compared
};

std::string_view to_string(TypeRelation relation);

/// The relation of two types. DtypePolicy::csv knows more of them than flexible; strict knows those
/// of flexible, and accepts identical ones only.
TypeRelation relate(const std::shared_ptr<arrow::DataType>& original,
                    const std::shared_ptr<arrow::DataType>& exported, DtypePolicy policy);

/// The type in which nested values of both layouts compare: 64-bit offsets, nullable throughout.
std::shared_ptr<arrow::DataType> wide_type(const std::shared_ptr<arrow::DataType>& plain);

}  // namespace cairn::integrity
