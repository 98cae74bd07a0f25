#pragma once

#include <arrow/io/type_fwd.h>
#include <arrow/type_fwd.h>
#include <parquet/properties.h>

#include <memory>

#include "formats/parquet/parquet_codec.h"

namespace cairn::formats {

/// How Arrow writes a file with these options.
std::shared_ptr<parquet::WriterProperties> writer_properties(const ParquetOptions& options,
                                                             arrow::MemoryPool* pool);
std::shared_ptr<parquet::ArrowWriterProperties> arrow_writer_properties();

/// How Arrow reads a file whose footer has `footer_bytes`: page checksums verified, and no room for
/// a footer that claims more than it has.
parquet::ReaderProperties reader_properties(int64_t footer_bytes, arrow::MemoryPool* pool);

/// `batch_rows` rows at a time, on the thread that asks.
parquet::ArrowReaderProperties arrow_reader_properties(int64_t batch_rows);

}  // namespace cairn::formats
