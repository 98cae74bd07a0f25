#include "data/content_digest.h"

#include <arrow/array/data.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>

#include "cairn/error.h"
#include "data/arrow_error.h"
#include "data/canonical_bytes.h"
#include "data/join_rows.h"
#include "data/logical_type.h"
#include "data/preimage.h"
#include "io/checksum.h"

namespace cairn::data {
namespace {

constexpr size_t kStridesPerBlock = kBlockRows / kStrideRows;
constexpr size_t kHashBytes = 16;

Hash128 to_hash(const XXH128_hash_t& hash) {
  return {hash.low64, hash.high64};
}

class HashingSink final : public ByteSink {
 public:
  void reset() { XXH3_128bits_reset(&state_); }
  void write(const void* bytes, size_t size) override {
    if (size > 0) XXH3_128bits_update(&state_, bytes, size);
  }
  Hash128 digest() const { return to_hash(XXH3_128bits_digest(&state_)); }

 private:
  XXH3_state_t state_;
};

std::vector<Hash128> hash_column(const arrow::ArrayData& column) {
  HashingSink sink;
  CanonicalEncoder encoder(sink);
  std::vector<Hash128> hashes;
  for (int64_t row = 0; row < column.length; row += kStrideRows) {
    sink.reset();
    const Slots rows(row, std::min(kStrideRows, column.length - row));
    encoder.encode(resolve(column, *column.type, rows));
    hashes.push_back(sink.digest());
  }
  return hashes;
}

void append_hash(std::string& bytes, const Hash128& hash) {
  for (const uint64_t half : {hash.low, hash.high}) {
    for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(half >> shift & 0xff);
  }
}

std::string bytes_of(const std::vector<Hash128>& hashes) {
  std::string bytes;
  bytes.reserve(hashes.size() * kHashBytes);
  for (const Hash128& hash : hashes) append_hash(bytes, hash);
  return bytes;
}

Hash128 leaf_of(const std::vector<Hash128>& strides) {
  const std::string bytes = bytes_of(strides);
  return to_hash(XXH3_128bits(bytes.data(), bytes.size()));
}

std::string column_digest(const TableDigest::Column& column) {
  Preimage preimage("cd1:column");
  preimage.add(column.type);
  preimage.add(bytes_of(column.leaves));
  return io::sha256_hex(preimage.bytes());
}

std::string root_of(const TableDigest& digest) {
  Preimage preimage("cd1:table");
  preimage.add(static_cast<uint64_t>(digest.rows));
  preimage.add(static_cast<uint64_t>(digest.columns.size()));
  for (const TableDigest::Column& column : digest.columns) {
    preimage.add(column.name);
    preimage.add(column.sha256);
  }
  return "cd1:" + io::sha256_hex(preimage.bytes());
}

uint64_t read_half(std::string_view bytes) {
  uint64_t half = 0;
  for (size_t i = 8; i-- > 0;) half = half << 8 | static_cast<unsigned char>(bytes[i]);
  return half;
}

size_t blocks_of(int64_t rows) {
  return static_cast<size_t>((rows + kBlockRows - 1) / kBlockRows);
}

}  // namespace

StrideHashes hash_strides(const arrow::RecordBatch& batch) {
  StrideHashes hashes;
  hashes.reserve(static_cast<size_t>(batch.num_columns()));
  for (int i = 0; i < batch.num_columns(); ++i) {
    try {
      hashes.push_back(hash_column(*batch.column_data(i)));
    } catch (const Error& error) {
      throw error.while_doing(fmt::format("digest column '{}'", batch.column_name(i)));
    }
  }
  return hashes;
}

TableDigester::TableDigester(const arrow::Schema& schema) {
  for (const auto& field : schema.fields()) {
    try {
      digest_.columns.push_back({field->name(), logical_type(*field->type()), {}, {}});
    } catch (const Error& error) {
      throw error.while_doing(fmt::format("digest column '{}'", field->name()));
    }
  }
  pending_.resize(digest_.columns.size());
}

void TableDigester::append(const StrideHashes& strides, int64_t rows) {
  const auto expected = static_cast<size_t>((rows + kStrideRows - 1) / kStrideRows);
  const bool fits = strides.size() == pending_.size() &&
                    std::all_of(strides.begin(), strides.end(),
                                [&](const auto& column) { return column.size() == expected; });
  if (!fits || digest_.rows % kStrideRows != 0)
    throw Error(ErrorKind::internal,
                fmt::format("cannot append stride hashes of {} rows after row {}: they do not "
                            "continue the strides of the table",
                            rows, digest_.rows));
  digest_.rows += rows;
  for (size_t i = 0; i < strides.size(); ++i) {
    for (const Hash128& stride : strides[i]) {
      pending_[i].push_back(stride);
      if (pending_[i].size() < kStridesPerBlock) continue;
      digest_.columns[i].leaves.push_back(leaf_of(pending_[i]));
      pending_[i].clear();
    }
  }
}

TableDigest TableDigester::finish() {
  for (size_t i = 0; i < pending_.size(); ++i) {
    TableDigest::Column& column = digest_.columns[i];
    if (!pending_[i].empty()) column.leaves.push_back(leaf_of(pending_[i]));
    pending_[i].clear();
    column.sha256 = column_digest(column);
  }
  digest_.root = root_of(digest_);
  return std::move(digest_);
}

StreamDigester::StreamDigester(std::shared_ptr<arrow::Schema> schema)
    : schema_(std::move(schema)), digester_(*schema_) {}

void StreamDigester::update(std::shared_ptr<arrow::RecordBatch> batch) {
  if (held_rows_ > 0) {
    const int64_t missing = std::min(kStrideRows - held_rows_, batch->num_rows());
    hold(batch->Slice(0, missing));
    batch = batch->Slice(missing);
    if (held_rows_ < kStrideRows) return;
    flush();
  }
  const int64_t whole = batch->num_rows() / kStrideRows * kStrideRows;
  if (whole > 0) digester_.append(hash_strides(*batch->Slice(0, whole)), whole);
  if (whole < batch->num_rows()) hold(batch->Slice(whole));
}

void StreamDigester::hold(std::shared_ptr<arrow::RecordBatch> rows) {
  held_rows_ += rows->num_rows();
  held_.push_back(std::move(rows));
}

void StreamDigester::flush() {
  digester_.append(hash_strides(*join_rows(held_)), held_rows_);
  held_.clear();
  held_rows_ = 0;
}

TableDigest StreamDigester::finish() {
  if (held_rows_ > 0) flush();
  return digester_.finish();
}

TableDigest digest_all(arrow::RecordBatchReader& reader) {
  StreamDigester digester(reader.schema());
  while (auto batch = value_or_throw(reader.Next(), "read the next rows"))
    digester.update(std::move(batch));
  return digester.finish();
}

std::string pack_leaves(const TableDigest& digest) {
  std::string packed;
  for (const TableDigest::Column& column : digest.columns) packed += bytes_of(column.leaves);
  return packed;
}

void unpack_leaves(std::string_view packed, TableDigest& digest) {
  const size_t blocks = blocks_of(digest.rows);
  if (packed.size() != blocks * digest.columns.size() * kHashBytes)
    throw Error(ErrorKind::corrupt,
                fmt::format("cannot read stored digest leaves: {} bytes do not fit {} columns of "
                            "{} rows",
                            packed.size(), digest.columns.size(), digest.rows),
                "run 'cairn doctor' to check the store");
  for (TableDigest::Column& column : digest.columns) {
    column.leaves.clear();
    for (size_t block = 0; block < blocks; ++block, packed.remove_prefix(kHashBytes))
      column.leaves.push_back({read_half(packed), read_half(packed.substr(8))});
  }
}

std::vector<LeafDifference> differing_leaves(const TableDigest& expected,
                                             const TableDigest& actual) {
  if (expected.columns.size() != actual.columns.size() || expected.rows != actual.rows)
    throw Error(
        ErrorKind::invalid_argument,
        fmt::format("cannot compare leaves of {} columns x {} rows with {} x {}",
                    expected.columns.size(), expected.rows, actual.columns.size(), actual.rows));
  std::vector<LeafDifference> differences;
  for (size_t i = 0; i < expected.columns.size(); ++i) {
    const auto& wanted = expected.columns[i].leaves;
    const auto& found = actual.columns[i].leaves;
    for (size_t block = 0; block < std::min(wanted.size(), found.size()); ++block) {
      if (wanted[block] == found[block]) continue;
      const int64_t first = static_cast<int64_t>(block) * kBlockRows;
      differences.push_back(
          {expected.columns[i].name, first, std::min(first + kBlockRows, expected.rows) - 1});
    }
  }
  return differences;
}

std::string digest_of_tables(
    const std::vector<std::pair<std::string, std::string>>& names_and_roots) {
  auto sorted = names_and_roots;
  std::sort(sorted.begin(), sorted.end());
  Preimage preimage("cd1:tables");
  preimage.add(static_cast<uint64_t>(sorted.size()));
  for (const auto& [name, root] : sorted) {
    preimage.add(name);
    preimage.add(root);
  }
  return "cd1:" + io::sha256_hex(preimage.bytes());
}

}  // namespace cairn::data
