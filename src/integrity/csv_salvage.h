#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/csv_dialect.h"
#include "formats/csv/csv_reader.h"

namespace cairn::integrity {

/// What can be read of the text of a record that is no row.
///
/// Damage in one place leaves the fields before it where they are, counted from the front of the
/// record, and those behind it, counted from the back. So the text is read both ways, and each value
/// that is wrong in one reading is right in the other, but for the damaged one.
struct SalvagedRecord {
  std::shared_ptr<arrow::RecordBatch> from_front;
  std::shared_ptr<arrow::RecordBatch> from_back;
  /// The text has as many whole fields as there are columns; those listed hold no value of theirs.
  bool whole = false;
  std::vector<int> unreadable;
};

class CsvSalvage {
 public:
  /// `schema` in plain layouts; `file` is for messages only.
  CsvSalvage(std::shared_ptr<arrow::Schema> schema, CsvDialect dialect, std::string file,
             arrow::MemoryPool* pool);

  /// Read a text that stands for `rows` rows, at least one: what is between the first and the last
  /// is null, and so is every value that cannot be read.
  SalvagedRecord read(std::string_view text, int64_t rows) const;

 private:
  using Columns = std::vector<std::shared_ptr<arrow::Array>>;

  Columns values(const std::vector<std::string_view>& fields) const;
  std::shared_ptr<arrow::Array> value(size_t column, std::string_view field) const;
  std::shared_ptr<arrow::RecordBatch> row(Columns values) const;

  std::shared_ptr<arrow::Schema> schema_;
  CsvDialect dialect_;
  std::string file_;
  arrow::MemoryPool* pool_;
  std::vector<std::unique_ptr<formats::CsvDecoder>> decoders_;  // of one column each
};

}  // namespace cairn::integrity
