#pragma once

#include <arrow/type_fwd.h>

#include <memory>

#include "formats/codec.h"
#include "formats/parquet/parquet_codec.h"

namespace cairn::formats {

/// Puts Parquet files of one row group each together into one file. The column chunks move as they
/// are; what says where they lie, footer and page index, is written anew with every offset shifted.
/// The result is byte for byte the file that Arrow would have written in one go.
///
/// `empty_file` is a file of the same schema without rows, which brings the schema.
std::unique_ptr<FileAssembler> make_parquet_assembler(const ParquetOptions& options,
                                                      std::shared_ptr<arrow::Buffer> empty_file);

}  // namespace cairn::formats
