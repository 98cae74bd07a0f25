#pragma once

#include <arrow/type_fwd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "cairn/csv_dialect.h"

namespace cairn::formats {

/// Turns whole CSV records into rows of a known schema: the physical layout included (dictionaries,
/// views, run ends). Pure, so that any thread can do it for any part of a file. `first_record`, 1
/// for the first after the header, and `file` are for messages only.
///
/// Shape    every Arrow type except union; at most 1 GiB of text.
/// Errors   corrupt for ragged records, invalid UTF-8, text that is no value of its column (naming
///          file, record number, column and text), and unterminated quotes; unsupported for a
///          schema without columns.
class CsvDecoder {
 public:
  CsvDecoder(std::shared_ptr<arrow::Schema> schema, CsvDialect dialect);
  ~CsvDecoder();

  const std::shared_ptr<arrow::Schema>& schema() const;
  std::shared_ptr<arrow::RecordBatch> decode(std::string_view records, int64_t first_record,
                                             std::string_view file, arrow::MemoryPool* pool) const;

 private:
  struct Plan;
  std::unique_ptr<const Plan> plan_;
};

/// Read a CSV file that Cairn (or the same dialect) wrote, with its recorded schema, in batches, in
/// bounded memory.
std::shared_ptr<arrow::RecordBatchReader> open_csv(const std::filesystem::path& path,
                                                   std::shared_ptr<arrow::Schema> schema,
                                                   const CsvDialect& dialect,
                                                   arrow::MemoryPool* pool);

/// What a foreign CSV file turned out to be.
struct CsvInference {
  std::shared_ptr<arrow::Schema> schema;
  CsvDialect dialect;
  int64_t records = 0;
};

/// Find delimiter, header and column types by reading the whole file once. A column is a bool,
/// int64, double, date or timestamp only if every value of it is, and reads back as the same text
/// (so "01037" stays text); empty unquoted fields are null.
CsvInference infer_csv(const std::filesystem::path& path);

}  // namespace cairn::formats
