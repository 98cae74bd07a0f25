#pragma once

#include <arrow/type_fwd.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "cairn/parquet_options.h"
#include "formats/codec.h"
#include "io/file.h"

namespace cairn::formats {

/// Options as recorded with a version.
Json to_json(const ParquetOptions& options);

/// Parquet 2.6 for tables of this schema, through Arrow, with page checksums always on.
///
/// Shape    every Arrow type except union; what Parquet has no form for (intervals, run ends, list
/// views) is stored in a
///          plain one and restored on reading by the recorded schema.
/// Errors   unsupported, naming the column.
std::unique_ptr<Codec> make_parquet_codec(std::shared_ptr<arrow::Schema> schema,
                                          const ParquetOptions& options);

/// What to read of a Parquet file.
struct ParquetSelection {
  std::vector<int> columns;     // top-level positions; all when empty
  std::vector<int> row_groups;  // all when empty
};

/// An open Parquet file. Page checksums are verified on every read but of our own files, and every
/// read is bounded by the pool.
///
/// Errors   corrupt for anything that is not what the format promises, naming file, row group and
/// column where known.
class ParquetFile {
 public:
  /// `recorded` is the schema to restore exactly; the file's own when null.
  static ParquetFile open(const std::filesystem::path& path,
                          std::shared_ptr<arrow::Schema> recorded, arrow::MemoryPool* pool);

  /// The same for a file that is open, called `path` in messages, of which the caller knows that we
  /// wrote it and that it is as we wrote it: neither values nor page checksums are looked at, and
  /// what is read together is in memory together.
  static ParquetFile open_own(io::FileDescriptor file, const std::filesystem::path& path,
                              arrow::MemoryPool* pool);
  ParquetFile(ParquetFile&&) noexcept;
  ~ParquetFile();

  const std::shared_ptr<arrow::Schema>& schema() const;
  int64_t rows() const;
  int row_groups() const;
  int64_t row_group_rows(int row_group) const;
  std::map<std::string, std::string> key_values() const;

  /// From now on, restore this schema exactly.
  void restore(std::shared_ptr<arrow::Schema> recorded);

  std::shared_ptr<arrow::RecordBatchReader> read(const ParquetSelection& selection = {}) const;

 private:
  struct State;
  explicit ParquetFile(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace cairn::formats
