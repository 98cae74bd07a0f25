#pragma once

#include <arrow/type_fwd.h>

#include <functional>
#include <memory>

#include "cairn/error.h"

namespace cairn::formats {

/// The type whose arrays hold the same values in the plainest layout: dictionaries and run ends
/// decoded, views and list views as offsets, extension types as their storage; nested types
/// throughout.
std::shared_ptr<arrow::DataType> plain_type(const std::shared_ptr<arrow::DataType>& type);

/// The same columns in plain types.
std::shared_ptr<arrow::Schema> plain_schema(const arrow::Schema& schema);

/// `array` in the plain layout of its type.
std::shared_ptr<arrow::Array> to_plain(const std::shared_ptr<arrow::Array>& array,
                                       arrow::MemoryPool* pool);

/// Values that a layout cannot hold in one piece: more rows than its run ends count, or more
/// different values than its dictionary indices do. Fewer rows may fit.
class LayoutTooNarrow : public Error {
 public:
  using Error::Error;
};

/// A plain array in exactly the layout of `type`, whose plain_type it must have.
///
/// Errors   LayoutTooNarrow.
std::shared_ptr<arrow::Array> from_plain(const std::shared_ptr<arrow::Array>& array,
                                         const std::shared_ptr<arrow::DataType>& type,
                                         arrow::MemoryPool* pool);

/// Convert rows into a layout by from_plain, in as few pieces as fit: halves of what does not.
///
/// Errors   LayoutTooNarrow where not even one row fits.
arrow::RecordBatchVector convert_in_pieces(
    const std::shared_ptr<arrow::RecordBatch>& rows,
    const std::function<std::shared_ptr<arrow::RecordBatch>(const arrow::RecordBatch&)>& convert);

/// Count the nulls among the keys of map entries before an array is made of them: Arrow ends the
/// program for keys whose nulls are not counted yet.
///
/// Errors   corrupt when there are some.
void count_nulls_of_keys(const arrow::ArrayData& entries);

}  // namespace cairn::formats
