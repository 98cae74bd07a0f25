#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>

#include "cairn/parquet_options.h"
#include "formats/codec.h"

namespace parquet {
class FileMetaData;
}

namespace cairn::formats {

/// Whether write_row_group_file() takes tables of this storage schema: those without nested columns.
bool is_flat(const arrow::Schema& storage);

/// A complete Parquet file of one row group. `rows` are in a flat storage schema, `described` is the
/// footer of a file of that schema, and `reserve` bytes are set aside for the result.
///
/// Errors   invalid_argument for nulls in a column that has none by its schema; unsupported for a
///          page beyond 2 GiB; memory_budget.
std::shared_ptr<arrow::Buffer> write_row_group_file(const Rows& rows,
                                                    const parquet::FileMetaData& described,
                                                    const ParquetOptions& options, int64_t reserve,
                                                    arrow::MemoryPool* pool);

}  // namespace cairn::formats
