#include "formats/parquet/parquet_reading.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/endian.h>
#include <arrow/util/ubsan.h>
#include <fmt/format.h>
#include <parquet/arrow/schema.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/schema.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

#include "data/arrow_error.h"
#include "data/content_digest.h"
#include "formats/parquet/parquet_properties.h"
#include "formats/parquet/storage_types.h"
#include "formats/physical_layout.h"

namespace cairn::formats {
namespace {

constexpr int64_t kMagicBytes = 4;
constexpr int64_t kTrailerBytes = 8;  // length of the footer, and magic

Error damaged(std::string_view name, const std::string& reason) {
  return Error(ErrorKind::corrupt, fmt::format("cannot read {}: {}", name, reason),
               "restore it from a copy, or write it again");
}

// The length of the footer, from the end of the file.
int64_t footer_bytes(arrow::io::RandomAccessFile& source, int64_t size, const std::string& name) {
  if (size < kMagicBytes + kTrailerBytes)
    throw damaged(name, fmt::format("it has {} bytes, too few for Parquet", size));
  const auto trailer =
      value_or_throw(source.ReadAt(size - kTrailerBytes, kTrailerBytes), "read " + name);
  if (trailer->size() != kTrailerBytes) throw damaged(name, "its end cannot be read");
  const std::string_view magic(trailer->data_as<char>() + kMagicBytes, kMagicBytes);
  if (magic == "PARE")
    throw Error(ErrorKind::unsupported, fmt::format("cannot read {}: it is encrypted", name),
                "decrypt it first");
  if (magic != "PAR1")
    throw damaged(name, "it does not end as a Parquet file does, so its end is missing");
  const auto length =
      arrow::bit_util::FromLittleEndian(arrow::util::SafeLoadAs<uint32_t>(trailer->data()));
  if (length > size - kMagicBytes - kTrailerBytes)
    throw damaged(name, fmt::format("its footer claims {} bytes of {}", length, size));
  return length;
}

// What a chunk says about itself, against the rows of its group and the bytes of the file.
void check_chunk(const parquet::ColumnChunkMetaData& chunk, const parquet::ColumnDescriptor& column,
                 int64_t rows, int64_t bytes, const std::string& where) {
  if (!chunk.file_path().empty())
    throw Error(ErrorKind::unsupported,
                fmt::format("cannot read {}: its data lies in another file", where));
  const bool flat = column.max_repetition_level() == 0;
  if (flat ? chunk.num_values() != rows : chunk.num_values() < rows)
    throw damaged(where, fmt::format("it claims {} values for {} rows", chunk.num_values(), rows));
  const int64_t start =
      chunk.has_dictionary_page() ? chunk.dictionary_page_offset() : chunk.data_page_offset();
  const int64_t length = chunk.total_compressed_size();
  if (start < 0 || length < 0 || start > bytes || length > bytes - start)
    throw damaged(where, fmt::format("it claims {} bytes at {} of {}", length, start, bytes));
}

void check_footer(const parquet::FileMetaData& footer, int64_t bytes, const std::string& name) {
  int64_t rows = 0;
  for (int g = 0; g < footer.num_row_groups(); ++g) {
    const auto group = footer.RowGroup(g);
    if (group->num_rows() < 0 || group->num_rows() > footer.num_rows() - rows)
      throw damaged(name, fmt::format("row group {} claims {} rows of {}", g, group->num_rows(),
                                      footer.num_rows()));
    rows += group->num_rows();
    if (group->num_columns() != footer.num_columns())
      throw damaged(name, fmt::format("row group {} has {} columns of {}", g, group->num_columns(),
                                      footer.num_columns()));
    for (int c = 0; c < group->num_columns(); ++c) {
      const auto& column = *footer.schema()->Column(c);
      check_chunk(
          *group->ColumnChunk(c), column, group->num_rows(), bytes,
          fmt::format("{}, row group {}, column '{}'", name, g, column.path()->ToDotString()));
    }
  }
  if (rows != footer.num_rows())
    throw damaged(
        name, fmt::format("its row groups have {} rows and it claims {}", rows, footer.num_rows()));
}

void collect_leaves(const parquet::arrow::SchemaField& field, std::vector<int>& leaves) {
  if (field.children.empty()) leaves.push_back(field.column_index);
  for (const auto& child : field.children) collect_leaves(child, leaves);
}

std::vector<int> all_of(int count) {
  std::vector<int> all(static_cast<size_t>(count));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

}  // namespace

std::shared_ptr<ParquetReading> ParquetReading::open(
    std::shared_ptr<arrow::io::RandomAccessFile> source, std::string name,
    std::shared_ptr<arrow::Schema> recorded, Origin origin, arrow::MemoryPool* pool) {
  std::shared_ptr<ParquetReading> reading(new ParquetReading(std::move(name), origin, pool));
  guarded("read " + reading->name_, [&] {
    reading->open_footer(std::move(source));
    reading->choose_schema(std::move(recorded));
  });
  return reading;
}

void ParquetReading::open_footer(std::shared_ptr<arrow::io::RandomAccessFile> source) {
  const std::string doing = "read " + name_;
  const int64_t size = value_or_throw(source->GetSize(), doing);
  const int64_t footer_size = footer_bytes(*source, size, name_);
  auto properties = reader_properties(footer_size, pool_);
  if (origin_ == Origin::unknown) {
    // Else a whole column chunk is in memory while it is read.
    properties.enable_buffered_stream();
    properties.set_buffer_size(256 << 10);
  }
  // Whoever opens a file of ours has compared the checksum of all its bytes.
  if (origin_ == Origin::own_file) properties.set_page_checksum_verification(false);
  parquet::arrow::FileReaderBuilder builder;
  check(builder.Open(std::move(source), properties), doing);
  footer_ = builder.raw_reader()->metadata();
  check_footer(*footer_, size - kTrailerBytes - footer_size, name_);
  builder.memory_pool(pool_)->properties(arrow_reader_properties(plausible_batch_rows()));
  reader_ = value_or_throw(builder.Build(), doing);
}

void ParquetReading::choose_schema(std::shared_ptr<arrow::Schema> recorded) {
  std::shared_ptr<arrow::Schema> stored;
  check(reader_->GetSchema(&stored), "read " + name_);
  if (stored->num_fields() == 0)
    throw Error(ErrorKind::unsupported, fmt::format("cannot read {}: it has no columns", name_));
  schema_ = std::move(stored);
  if (recorded != nullptr) restore(std::move(recorded));
}

void ParquetReading::restore(std::shared_ptr<arrow::Schema> recorded) {
  const int columns = footer_->schema()->group_node()->field_count();
  if (recorded->num_fields() != columns)
    throw damaged(name_,
                  fmt::format("it has {} columns instead of {}", columns, recorded->num_fields()));
  schema_ = std::move(recorded);
  restores_ = true;
}

// As many rows as take some megabytes, by what the footer says of their size. A lie costs speed, or
// runs into the limit of the pool.
int64_t ParquetReading::plausible_batch_rows() const {
  constexpr int64_t kBatchBytes = 32 << 20;
  int64_t bytes = 0;
  int64_t rows = 1;
  for (int g = 0; g < footer_->num_row_groups(); ++g) {
    rows = std::max(rows, footer_->RowGroup(g)->num_rows());
    bytes = std::max(bytes, footer_->RowGroup(g)->total_byte_size() /
                                std::max<int64_t>(footer_->RowGroup(g)->num_rows(), 1));
  }
  if (origin_ == Origin::own_file) return rows;
  return std::clamp<int64_t>(kBatchBytes / std::max<int64_t>(bytes, 1), 256, data::kBlockRows);
}

std::vector<int> ParquetReading::leaves_of(const std::vector<int>& columns) const {
  std::vector<int> leaves;
  for (const int column : columns)
    collect_leaves(reader_->manifest().schema_fields.at(static_cast<size_t>(column)), leaves);
  return leaves;
}

std::shared_ptr<arrow::Schema> ParquetReading::selected_schema(
    const std::vector<int>& columns) const {
  arrow::FieldVector fields;
  for (const int column : columns) fields.push_back(schema_->field(column));
  return arrow::schema(std::move(fields), schema_->metadata());
}

std::shared_ptr<arrow::RecordBatchReader> ParquetReading::read(const ParquetSelection& selection) {
  const auto row_groups =
      selection.row_groups.empty() ? all_of(footer_->num_row_groups()) : selection.row_groups;
  const auto columns =
      selection.columns.empty() ? all_of(schema_->num_fields()) : selection.columns;
  return guarded("read " + name_, [&] {
    int64_t rows = 0;
    for (const int row_group : row_groups) rows += footer_->RowGroup(row_group)->num_rows();
    const auto schema = selected_schema(columns);
    const std::string doing = "read " + name_;
    std::shared_ptr<arrow::RecordBatchReader> batches =
        value_or_throw(reader_->GetRecordBatchReader(row_groups, leaves_of(columns)), doing);
    BatchConversion convert;
    if (restores_)
      convert = [schema, pool = pool_](const std::shared_ptr<arrow::RecordBatch>& batch) {
        return convert_in_pieces(batch, [&](const arrow::RecordBatch& piece) {
          return from_storage(piece, schema, pool);
        });
      };
    // The file must outlive its batches.
    return make_untrusted_reader(
        schema, name_, rows, origin_ == Origin::unknown ? Validation::full : Validation::structure,
        [self = shared_from_this(), batches, doing] {
          std::shared_ptr<arrow::RecordBatch> batch;
          check(batches->ReadNext(&batch), doing);
          return batch;
        },
        std::move(convert));
  });
}

}  // namespace cairn::formats
