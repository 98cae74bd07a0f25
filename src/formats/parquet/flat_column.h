#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <vector>

namespace parquet {
class ColumnChunkMetaDataBuilder;
class PageWriter;
class WriterProperties;
}  // namespace parquet

namespace cairn::formats {

/// The arrays that hold a column of a row group, in order, all of one type.
using ColumnPieces = std::vector<std::shared_ptr<arrow::Array>>;

/// Where the pages of a column chunk go, and what is said of it in the footer.
struct ChunkSink {
  std::unique_ptr<parquet::PageWriter> pages;
  parquet::ColumnChunkMetaDataBuilder& metadata;
  const parquet::WriterProperties& properties;
  arrow::MemoryPool* pool;
};

/// Whether write_flat_column() takes a column of this type.
bool is_flat(const arrow::DataType& type);

/// Write a column chunk of integers, floats, times, texts or dictionaries of texts, as Arrow would,
/// but for the choice of encoding: a dictionary is made only while it promises to be smaller than the
/// values, and statistics are taken from it. Returns its size without compression.
///
/// Errors   invalid_argument for nulls in a column that has none by its schema; unsupported for a
///          page beyond 2 GiB.
int64_t write_flat_column(const ColumnPieces& pieces, ChunkSink sink);

}  // namespace cairn::formats
