#include "formats/parquet/row_group_file.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <parquet/arrow/writer.h>
#include <parquet/column_writer.h>
#include <parquet/metadata.h>
#include <parquet/page_index.h>
#include <parquet/properties.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "data/arrow_error.h"
#include "formats/parquet/flat_column.h"
#include "formats/parquet/parquet_properties.h"
#include "formats/untrusted.h"

namespace cairn::formats {
namespace {

constexpr std::string_view kDoing = "encode Parquet";

ColumnPieces column_of(const Rows& rows, int column) {
  ColumnPieces pieces;
  for (const auto& batch : rows) pieces.push_back(batch->column(column));
  return pieces;
}

// Arrow encodes what write_flat_column() does not.
int64_t write_other_column(const ColumnPieces& pieces, ChunkSink sink) {
  const auto properties = arrow_writer_properties();
  parquet::ArrowWriteContext context(sink.pool, properties.get());
  const bool nullable = sink.metadata.descr()->max_definition_level() > 0;
  const auto writer =
      parquet::ColumnWriter::Make(&sink.metadata, std::move(sink.pages), &sink.properties);
  for (const auto& piece : pieces) {
    std::vector<int16_t> levels(static_cast<size_t>(piece->length()), 1);
    for (int64_t row = 0; nullable && piece->null_count() > 0 && row < piece->length(); ++row)
      levels[static_cast<size_t>(row)] = piece->IsValid(row) ? 1 : 0;
    check(writer->WriteArrow(nullable ? levels.data() : nullptr, nullptr, piece->length(), *piece,
                             &context, nullable),
          kDoing);
  }
  return writer->Close();
}

// One row group on its way into a file in memory.
class RowGroupFile {
 public:
  RowGroupFile(const parquet::FileMetaData& described, const ParquetOptions& options,
               int64_t reserve, arrow::MemoryPool* pool)
      : described_(described),
        pool_(pool),
        properties_(writer_properties(options, pool)),
        sink_(value_or_throw(arrow::io::BufferOutputStream::Create(reserve, pool), kDoing)),
        footer_(parquet::FileMetaDataBuilder::Make(described.schema(), properties_)) {
    if (options.page_index) page_index_ = parquet::PageIndexBuilder::Make(described.schema());
  }

  std::shared_ptr<arrow::Buffer> write(const Rows& rows) {
    check(sink_->Write("PAR1"), kDoing);
    auto* group = footer_->AppendRowGroup();
    if (page_index_) page_index_->AppendRowGroup();
    const int columns = rows.front()->num_columns();
    for (int column = 0; column < columns; ++column)
      write_column(column_of(rows, column), column, *group->NextColumnChunk());
    int64_t count = 0;
    for (const auto& batch : rows) count += batch->num_rows();
    group->set_num_rows(count);
    group->Finish(uncompressed_bytes_);
    return finish();
  }

 private:
  void write_column(const ColumnPieces& pieces, int column,
                    parquet::ColumnChunkMetaDataBuilder& chunk) {
    const auto& path = chunk.descr()->path();
    const auto position = static_cast<int16_t>(column);
    const auto codec_options = properties_->codec_options(path);
    auto pages = parquet::PageWriter::Open(
        sink_, properties_->compression(path), &chunk, /*row_group_ordinal=*/0, position, pool_,
        /*buffered_row_group=*/false, nullptr, nullptr, properties_->page_checksum_enabled(),
        page_index_ ? page_index_->GetColumnIndexBuilder(column) : nullptr,
        page_index_ ? page_index_->GetOffsetIndexBuilder(column) : nullptr,
        codec_options ? *codec_options : parquet::CodecOptions{});
    const bool is_ours = is_flat(*pieces.front()->type());
    uncompressed_bytes_ += (is_ours ? write_flat_column : write_other_column)(
        pieces, {std::move(pages), chunk, *properties_, pool_});
  }

  std::shared_ptr<arrow::Buffer> finish() {
    if (page_index_) {
      page_index_->Finish();
      const auto written = page_index_->WriteTo(sink_.get());
      footer_->SetIndexLocations(parquet::IndexKind::kColumnIndex, written.column_index_locations);
      footer_->SetIndexLocations(parquet::IndexKind::kOffsetIndex, written.offset_index_locations);
    }
    const auto metadata = footer_->Finish(described_.key_value_metadata());
    check(parquet::arrow::WriteFileMetaData(*metadata, sink_.get()), kDoing);
    return value_or_throw(sink_->Finish(), kDoing);
  }

  const parquet::FileMetaData& described_;
  arrow::MemoryPool* pool_;
  std::shared_ptr<parquet::WriterProperties> properties_;
  std::shared_ptr<arrow::io::BufferOutputStream> sink_;
  std::unique_ptr<parquet::FileMetaDataBuilder> footer_;
  std::unique_ptr<parquet::PageIndexBuilder> page_index_;  // null where none is wanted
  int64_t uncompressed_bytes_ = 0;
};

}  // namespace

bool is_flat(const arrow::Schema& storage) {
  const auto& fields = storage.fields();
  return std::all_of(fields.begin(), fields.end(),
                     [](const auto& field) { return field->type()->num_fields() == 0; });
}

std::shared_ptr<arrow::Buffer> write_row_group_file(const Rows& rows,
                                                    const parquet::FileMetaData& described,
                                                    const ParquetOptions& options, int64_t reserve,
                                                    arrow::MemoryPool* pool) {
  return guarded(kDoing,
                 [&] { return RowGroupFile(described, options, reserve, pool).write(rows); });
}

}  // namespace cairn::formats
