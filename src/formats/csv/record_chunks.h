#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/csv/dialect.h"
#include "io/file.h"

namespace cairn::formats {

/// Whole records of a CSV file.
struct CsvChunk {
  std::string text;
  int64_t first_record = 1;  // 1 is the first after the header
  int64_t records = 0;
};

/// Cuts a CSV file into chunks at the ends of records, so that each can be decoded on its own, on
/// any thread. Reads the file once, in order; holds one chunk. A byte order mark is skipped.
///
/// Errors   io, permission, not_found; corrupt for an empty file where a header is due, and for a
///          record of more than kMaxRecordBytes.
class CsvRecordChunks {
 public:
  static constexpr size_t kChunkBytes = size_t{2} << 20;
  static constexpr size_t kMaxRecordBytes = size_t{256} << 20;

  /// Reads the header, if the dialect has one.
  CsvRecordChunks(const std::filesystem::path& path, const CsvDialect& dialect,
                  size_t chunk_bytes = kChunkBytes);

  /// The column names as they stand in the file; empty without a header.
  const std::vector<std::string>& header() const { return header_; }

  bool has_bom() const { return has_bom_; }

  /// The next chunk, of about as many bytes as asked for, or of one record where that is longer;
  /// nothing at the end. `columns` tells whether blank lines are records.
  std::optional<CsvChunk> next(size_t columns);

  /// The file as messages name it.
  const std::string& name() const { return name_; }

 private:
  void fill();
  void grow();
  void read_header(const CsvDialect& dialect);

  std::filesystem::path path_;
  std::string name_;
  io::FileDescriptor file_;
  char delimiter_;
  size_t chunk_bytes_;
  std::string held_;  // read and not yielded
  int64_t offset_ = 0;
  bool at_end_ = false;
  bool has_bom_ = false;
  int64_t next_record_ = 1;
  std::vector<std::string> header_;
};

/// Throw corrupt unless `header` names the columns of `names`, in order.
void check_header(const std::string& file, const std::vector<std::string>& header,
                  const std::vector<std::string>& names);

}  // namespace cairn::formats
