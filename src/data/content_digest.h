#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cairn::data {

/// The digest `cd1` of docs/formats.md: over logical values, so that chunking, slicing, dictionary
/// and run-end encoding, 32-bit, 64-bit and view layouts and the contents of null slots do not
/// show.
///
///   stride   4,096 rows of one column: XXH3-128 of canonical bytes; needs those rows alone
///   leaf     65,536 rows of one column: XXH3-128 over its sixteen stride hashes; stored
///   column   SHA-256 over type and leaves
///   table    SHA-256 over names, columns and row count, printed "cd1:<64 hex>"
inline constexpr int64_t kStrideRows = 4096;
inline constexpr int64_t kBlockRows = 65536;

/// An XXH3-128 value.
struct Hash128 {
  uint64_t low = 0;
  uint64_t high = 0;

  bool operator==(const Hash128&) const = default;
};

/// The stride hashes of some rows: for each column, one hash per stride, in row order.
using StrideHashes = std::vector<std::vector<Hash128>>;

/// Hash the rows of `batch`, whose first row must be at a multiple of kStrideRows of its table.
/// Pure, so that any thread can do it for any part of a table.
///
/// Shape    any rows x columns; every Arrow type except union.
/// Errors   unsupported, naming the column.
StrideHashes hash_strides(const arrow::RecordBatch& batch);

/// What identifies the contents of a table, and lets a difference be narrowed to a column and a
/// block of rows.
struct TableDigest {
  struct Column {
    std::string name;
    std::string type;             // canonical logical type, as in docs/formats.md
    std::vector<Hash128> leaves;  // one per block of 65,536 rows
    std::string sha256;           // hex
  };

  int64_t rows = 0;
  std::vector<Column> columns;
  std::string root;  // "cd1:<hex>"
};

/// Puts stride hashes together, in row order, into the digest of a table.
class TableDigester {
 public:
  /// Errors: unsupported, naming the column whose type has no digest.
  explicit TableDigester(const arrow::Schema& schema);

  /// The next rows. All but the last call must bring a multiple of kStrideRows rows.
  void append(const StrideHashes& strides, int64_t rows);

  TableDigest finish();

 private:
  TableDigest digest_;
  std::vector<std::vector<Hash128>> pending_;  // per column: the block that is not full yet
};

/// Digest rows that come in batches of any size, as a reader yields them.
class StreamDigester {
 public:
  explicit StreamDigester(std::shared_ptr<arrow::Schema> schema);

  void update(std::shared_ptr<arrow::RecordBatch> batch);
  TableDigest finish();

 private:
  void hold(std::shared_ptr<arrow::RecordBatch> rows);
  void flush();

  std::shared_ptr<arrow::Schema> schema_;
  TableDigester digester_;
  std::vector<std::shared_ptr<arrow::RecordBatch>> held_;  // less than one stride, between calls
  int64_t held_rows_ = 0;
};

/// The digest of everything a reader yields.
TableDigest digest_all(arrow::RecordBatchReader& reader);

/// Leaves as stored in the catalog: column after column, each leaf as 16 bytes, low half first,
/// little-endian.
std::string pack_leaves(const TableDigest& digest);
void unpack_leaves(std::string_view packed, TableDigest& digest);

/// One place where two digests of the same shape disagree. Other shapes are an invalid_argument.
struct LeafDifference {
  std::string column;
  int64_t first_row;
  int64_t last_row;  // inclusive
};
std::vector<LeafDifference> differing_leaves(const TableDigest& expected,
                                             const TableDigest& actual);

/// The digest of a version: SHA-256 over the names and digests of its tables, sorted by name,
/// printed "cd1:<hex>".
std::string digest_of_tables(
    const std::vector<std::pair<std::string, std::string>>& names_and_roots);

/// Order-insensitive form: equal for tables that hold the same rows in any order, each as often.
/// Adds up, so that partial sums of disjoint rows can be added; printed "cd1m:<32 hex>".
class MultisetDigester {
 public:
  void update(const arrow::RecordBatch& batch);
  std::string text() const;

 private:
  Hash128 sum_;  // modulo 2^128
};

/// The 128-bit hash of each row of a batch, as the multiset form adds them up.
std::vector<Hash128> hash_rows(const arrow::RecordBatch& batch);

}  // namespace cairn::data
