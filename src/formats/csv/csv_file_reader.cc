#include <arrow/api.h>

#include <utility>
#include <vector>

#include "data/arrow_error.h"
#include "formats/csv/csv_reader.h"
#include "formats/csv/record_chunks.h"
#include "formats/physical_layout.h"

namespace cairn::formats {
namespace {

/// Decodes chunk after chunk. Arrow's interface reports failures as a status, which would lose the
/// kind and the advice of ours; they are thrown through it, as between any two parts of Cairn.
class CsvFileReader : public arrow::RecordBatchReader {
 public:
  CsvFileReader(const std::filesystem::path& path, std::shared_ptr<arrow::Schema> schema,
                const CsvDialect& dialect, arrow::MemoryPool* pool)
      : schema_(std::move(schema)),
        decoder_(plain_schema(*schema_), dialect),
        chunks_(path, dialect),
        pool_(pool) {
    if (dialect.header) check_header(chunks_.name(), chunks_.header(), schema_->field_names());
  }

  std::shared_ptr<arrow::Schema> schema() const override { return schema_; }

  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    *batch = nullptr;
    while (next_ == pieces_.size()) {
      const auto chunk = chunks_.next(static_cast<size_t>(schema_->num_fields()));
      if (!chunk) return arrow::Status::OK();
      pieces_ = convert_in_pieces(
          decoder_.decode(chunk->text, chunk->first_record, chunks_.name(), pool_),
          [this](const arrow::RecordBatch& rows) { return restored(rows); });
      next_ = 0;
    }
    *batch = std::move(pieces_[next_++]);
    return arrow::Status::OK();
  }

 private:
  std::shared_ptr<arrow::RecordBatch> restored(const arrow::RecordBatch& rows) const {
    arrow::ArrayVector columns;
    for (int i = 0; i < schema_->num_fields(); ++i)
      columns.push_back(from_plain(rows.column(i), schema_->field(i)->type(), pool_));
    return arrow::RecordBatch::Make(schema_, rows.num_rows(), std::move(columns));
  }

  std::shared_ptr<arrow::Schema> schema_;
  CsvDecoder decoder_;
  CsvRecordChunks chunks_;
  arrow::MemoryPool* pool_;
  arrow::RecordBatchVector pieces_;  // of the last chunk
  size_t next_ = 0;                  // of them, to be yielded
};

}  // namespace

std::shared_ptr<arrow::RecordBatchReader> open_csv(const std::filesystem::path& path,
                                                   std::shared_ptr<arrow::Schema> schema,
                                                   const CsvDialect& dialect,
                                                   arrow::MemoryPool* pool) {
  return std::make_shared<CsvFileReader>(path, std::move(schema), dialect, pool);
}

}  // namespace cairn::formats
