#pragma once

#include <arrow/io/type_fwd.h>
#include <arrow/type_fwd.h>
#include <parquet/arrow/reader.h>

#include <cstdint>
#include <memory>
#include <string>

#include "formats/parquet/parquet_codec.h"
#include "formats/untrusted.h"

namespace cairn::formats {

/// Where the bytes of a Parquet file come from.
enum class Origin {
  unknown,     // anything may be in them
  own_memory,  // what was just encoded
  own_file,    // what we wrote, and found unchanged
};

/// A Parquet file being read, from disk or from memory.
class ParquetReading : public std::enable_shared_from_this<ParquetReading> {
 public:
  /// Open `source`, called `name` in messages, and hold what its footer says against its size.
  /// `recorded` is the schema to restore; the file's own when null.
  ///
  /// Errors   corrupt, and unsupported for encrypted files and those without columns.
  static std::shared_ptr<ParquetReading> open(std::shared_ptr<arrow::io::RandomAccessFile> source,
                                              std::string name,
                                              std::shared_ptr<arrow::Schema> recorded,
                                              Origin origin, arrow::MemoryPool* pool);

  const std::shared_ptr<arrow::Schema>& schema() const { return schema_; }
  const parquet::FileMetaData& footer() const { return *footer_; }

  /// Restore this schema from now on. Not while anything is read.
  void restore(std::shared_ptr<arrow::Schema> recorded);

  std::shared_ptr<arrow::RecordBatchReader> read(const ParquetSelection& selection);

 private:
  ParquetReading(std::string name, Origin origin, arrow::MemoryPool* pool)
      : name_(std::move(name)), origin_(origin), pool_(pool) {}

  void open_footer(std::shared_ptr<arrow::io::RandomAccessFile> source);
  void choose_schema(std::shared_ptr<arrow::Schema> recorded);
  int64_t plausible_batch_rows() const;
  std::vector<int> leaves_of(const std::vector<int>& columns) const;
  std::shared_ptr<arrow::Schema> selected_schema(const std::vector<int>& columns) const;

  std::string name_;
  Origin origin_;
  arrow::MemoryPool* pool_;
  bool restores_ = false;  // a recorded schema
  std::shared_ptr<arrow::Schema> schema_;
  std::shared_ptr<parquet::FileMetaData> footer_;
  std::unique_ptr<parquet::arrow::FileReader> reader_;
};

}  // namespace cairn::formats
