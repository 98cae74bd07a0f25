#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace cairn::formats {

/// Rows, in order, that are encoded together.
using Rows = std::vector<std::shared_ptr<arrow::RecordBatch>>;

/// What an encoder made of one unit of work.
struct EncodedUnit {
  std::shared_ptr<arrow::Buffer>
      bytes;  // CSV: whole records. Parquet: a complete file of one row group.
  int64_t rows = 0;
  std::vector<int64_t> formula_cells;  // CSV: per column, cells a spreadsheet would run; empty
                                       // where none were looked for
};

/// Puts encoded units, in order, together into one file. The only part of a format with state. Not
/// for two threads.
class FileAssembler {
 public:
  using Pieces = std::vector<std::shared_ptr<arrow::Buffer>>;

  virtual ~FileAssembler() = default;

  /// The bytes before the first unit.
  virtual Pieces begin() = 0;

  /// The bytes that put `unit` at the end of the file so far.
  virtual Pieces append(const EncodedUnit& unit) = 0;

  /// The bytes after the last unit. `key_values` describe the file, where the format has a place
  /// for them.
  virtual Pieces finish(const std::map<std::string, std::string>& key_values) = 0;
};

/// One way of writing one table to one file. Immutable: `encode` and `decode` are pure functions of
/// their unit and run on any thread. The decoder is the reader that users have, other code than the
/// encoder, so that decoding what was encoded and comparing digests proves the bytes.
class Codec {
 public:
  virtual ~Codec() = default;

  /// When a unit is full: after this many rows, a multiple of data::kStrideRows, or sooner when its
  /// rows take this many bytes in memory.
  virtual int64_t unit_rows() const = 0;
  virtual int64_t unit_bytes() const = 0;

  virtual EncodedUnit encode(const Rows& rows, arrow::MemoryPool* pool) const = 0;

  /// The rows of a unit, in any layout of their logical types: the layout that was encoded may be
  /// one that cannot hold them all in one piece.
  virtual Rows decode(const EncodedUnit& unit, arrow::MemoryPool* pool) const = 0;
  virtual std::unique_ptr<FileAssembler> assemble() const = 0;
};

}  // namespace cairn::formats
