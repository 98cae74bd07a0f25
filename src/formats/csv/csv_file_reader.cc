#include <arrow/api.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "data/arrow_error.h"
#include "formats/csv/csv_reader.h"
#include "formats/csv/record_chunks.h"
#include "formats/physical_layout.h"

namespace cairn::formats {
namespace {

std::shared_ptr<arrow::Schema> plain_schema(const arrow::Schema& schema) {
  arrow::FieldVector fields;
  for (const auto& field : schema.fields())
    fields.push_back(field->WithType(plain_type(field->type())));
  return arrow::schema(std::move(fields), schema.metadata());
}

// The most rows that one batch of this type can have: run ends are counted in their own type.
int64_t most_rows(const arrow::DataType& type) {
  if (type.id() != arrow::Type::RUN_END_ENCODED) return std::numeric_limits<int64_t>::max();
  switch (static_cast<const arrow::RunEndEncodedType&>(type).run_end_type()->id()) {
    case arrow::Type::INT16:
      return std::numeric_limits<int16_t>::max();
    case arrow::Type::INT32:
      return std::numeric_limits<int32_t>::max();
    default:
      return std::numeric_limits<int64_t>::max();
  }
}

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
    for (const auto& field : schema_->fields())
      batch_rows_ = std::min(batch_rows_, most_rows(*field->type()));
  }

  std::shared_ptr<arrow::Schema> schema() const override { return schema_; }

  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    *batch = nullptr;
    while (plain_ == nullptr || row_ == plain_->num_rows()) {
      const auto chunk = chunks_.next(static_cast<size_t>(schema_->num_fields()));
      if (!chunk) return arrow::Status::OK();
      plain_ = decoder_.decode(chunk->text, chunk->first_record, chunks_.name(), pool_);
      row_ = 0;
    }
    const auto rows = plain_->Slice(row_, batch_rows_);
    row_ += rows->num_rows();
    arrow::ArrayVector columns;
    for (int i = 0; i < schema_->num_fields(); ++i)
      columns.push_back(from_plain(rows->column(i), schema_->field(i)->type(), pool_));
    *batch = arrow::RecordBatch::Make(schema_, rows->num_rows(), std::move(columns));
    return arrow::Status::OK();
  }

 private:
  std::shared_ptr<arrow::Schema> schema_;
  CsvDecoder decoder_;
  CsvRecordChunks chunks_;
  arrow::MemoryPool* pool_;
  int64_t batch_rows_ = std::numeric_limits<int64_t>::max();
  std::shared_ptr<arrow::RecordBatch> plain_;  // decoded, and read up to row_
  int64_t row_ = 0;
};

}  // namespace

std::shared_ptr<arrow::RecordBatchReader> open_csv(const std::filesystem::path& path,
                                                   std::shared_ptr<arrow::Schema> schema,
                                                   const CsvDialect& dialect,
                                                   arrow::MemoryPool* pool) {
  return std::make_shared<CsvFileReader>(path, std::move(schema), dialect, pool);
}

}  // namespace cairn::formats
