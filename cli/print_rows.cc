#include "print_rows.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>

#include <algorithm>
#include <memory>
#include <string>

#include "data/arrow_error.h"
#include "formats/csv/csv_codec.h"
#include "formats/json_text.h"

namespace cairn::cli {
namespace {

constexpr int64_t kRowsAtOnce = 4096;  // little enough for `| head` to see the first rows at once

// Yields the rows of a reader in small pieces, up to a number of rows.
class RowPieces {
 public:
  RowPieces(arrow::RecordBatchReader& reader, std::optional<int64_t> limit)
      : reader_(reader), left_(limit) {}

  std::shared_ptr<arrow::RecordBatch> next() {
    while (batch_ == nullptr || at_ == batch_->num_rows()) {
      if (left_ == 0) return nullptr;
      check(reader_.ReadNext(&batch_), "read the table");
      at_ = 0;
      if (batch_ == nullptr) return nullptr;
    }
    const int64_t rows =
        std::min({kRowsAtOnce, batch_->num_rows() - at_, left_.value_or(kRowsAtOnce)});
    const auto piece = batch_->Slice(at_, rows);
    at_ += rows;
    if (left_) *left_ -= rows;
    return rows == 0 ? nullptr : piece;
  }

 private:
  arrow::RecordBatchReader& reader_;
  std::optional<int64_t> left_;
  std::shared_ptr<arrow::RecordBatch> batch_;
  int64_t at_ = 0;
};

void write_pieces(const Output& out, const formats::FileAssembler::Pieces& pieces) {
  for (const auto& piece : pieces) out.write(std::string_view(*piece));
}

void print_csv(const Output& out, const std::shared_ptr<arrow::Schema>& schema, RowPieces rows) {
  const auto codec = formats::make_csv_codec(schema, {});
  const auto file = codec->assemble();
  write_pieces(out, file->begin());
  while (const auto piece = rows.next()) {
    write_pieces(out, file->append(codec->encode({piece}, arrow::default_memory_pool())));
  }
  write_pieces(out, file->finish({}));
}

void print_json_lines(const Output& out, RowPieces rows) {
  std::string text;
  while (const auto piece = rows.next()) {
    const auto objects = value_or_throw(piece->ToStructArray(), "read the rows as objects");
    const auto append = formats::json_appender(objects);
    text.clear();
    for (int64_t row = 0; row < objects->length(); ++row) {
      append(row, text);
      text += '\n';
    }
    out.write(text);
  }
}

}  // namespace

void print_rows(const Output& out, arrow::RecordBatchReader& reader, std::string_view format,
                std::optional<int64_t> limit) {
  const RowPieces rows(reader, limit);
  if (format == "jsonl" || out.json()) {
    print_json_lines(out, rows);
  } else {
    print_csv(out, reader.schema(), rows);
  }
}

}  // namespace cairn::cli
