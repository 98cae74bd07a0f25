#pragma once

#include <arrow/type_fwd.h>

#include <memory>

namespace cairn::formats {

/// The type that holds the values of a plain type (physical_layout.h) in Parquet: itself, but for
/// what Parquet lacks, at any depth.
///
///   interval[month]             int32
///   interval[day_time]          struct<days: int32, milliseconds: int32>
///   interval[month_day_nano]    struct<months: int32, days: int32, nanoseconds: int64>
///   time32[s], timestamp[s]     milliseconds
///   date64                      date32
///   decimal with a negative scale, or one above its precision    the least decimal with neither
///   fixed_size_binary[0]        binary
///   fixed_size_list             large_list
///   struct<>                    bool, false where the value is not null
///
/// Errors   unsupported for unions and decimals of more than 76 digits.
std::shared_ptr<arrow::DataType> storage_form(const std::shared_ptr<arrow::DataType>& plain);

/// A plain array in the storage form of its type.
std::shared_ptr<arrow::Array> to_form(const std::shared_ptr<arrow::Array>& array,
                                      arrow::MemoryPool* pool);

/// An array read from Parquet as the plain type `plain`. Names of list items and map entries, which
/// Parquet has its own of, come from `plain`.
///
/// Errors   corrupt where it is not of that type's storage form.
std::shared_ptr<arrow::Array> from_form(const std::shared_ptr<arrow::Array>& array,
                                        const std::shared_ptr<arrow::DataType>& plain,
                                        arrow::MemoryPool* pool);

}  // namespace cairn::formats
