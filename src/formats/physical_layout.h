#pragma once

#include <arrow/type_fwd.h>

#include <memory>

namespace cairn::formats {

/// The type whose arrays hold the same values in the plainest layout: dictionaries and run ends
/// decoded, views and list views as offsets, extension types as their storage; nested types
/// throughout.
std::shared_ptr<arrow::DataType> plain_type(const std::shared_ptr<arrow::DataType>& type);

/// `array` in the plain layout of its type.
std::shared_ptr<arrow::Array> to_plain(const std::shared_ptr<arrow::Array>& array,
                                       arrow::MemoryPool* pool);

/// A plain array in exactly the layout of `type`, whose plain_type it must have.
std::shared_ptr<arrow::Array> from_plain(const std::shared_ptr<arrow::Array>& array,
                                         const std::shared_ptr<arrow::DataType>& type,
                                         arrow::MemoryPool* pool);

/// Count the nulls among the keys of map entries before an array is made of them: Arrow ends the
/// program for keys whose nulls are not counted yet.
///
/// Errors   corrupt when there are some.
void count_nulls_of_keys(const arrow::ArrayData& entries);

}  // namespace cairn::formats
