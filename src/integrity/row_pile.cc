#include "integrity/row_pile.h"

#include <arrow/record_batch.h>
#include <arrow/util/byte_size.h>

#include <array>
#include <functional>
#include <utility>

#include "data/arrow_error.h"
#include "data/join_rows.h"
#include "integrity/take_rows.h"

namespace cairn::integrity {
namespace {

// Rows are spread in pieces of this size, so that small batches do not become smaller ones.
constexpr int64_t kPieceBytes = 4 << 20;

}  // namespace

void RowPile::add(std::shared_ptr<arrow::RecordBatch> batch) {
  if (batch->num_rows() == 0) return;
  held_bytes_ += value_or_throw(arrow::util::ReferencedBufferSize(*batch), "measure rows");
  held_.push_back(std::move(batch));
  if (spilled() && held_bytes_ >= kPieceBytes) flush();
}

void RowPile::spill() {
  for (size_t i = 0; i < kPartitions; ++i) files_.emplace_back(folder_);
  flush();
}

std::shared_ptr<arrow::RecordBatch> RowPile::take_held() {
  held_bytes_ = 0;
  const auto held = std::exchange(held_, {});
  return held.empty() ? nullptr : data::join_rows(held);
}

void RowPile::flush() {
  constexpr int kBitsPerDepth = 4;
  const auto batch = take_held();
  if (!batch) return;
  std::array<std::vector<int64_t>, kPartitions> rows;
  const std::vector<std::string> keys = keys_of_(*batch);
  for (size_t row = 0; row < keys.size(); ++row) {
    const size_t hash = std::hash<std::string>()(keys[row]);
    rows[(hash >> (kBitsPerDepth * depth_)) % kPartitions].push_back(static_cast<int64_t>(row));
  }
  for (size_t i = 0; i < kPartitions; ++i) {
    if (!rows[i].empty()) files_[i].append(*take_rows(*batch, rows[i]));
  }
}

std::shared_ptr<arrow::RecordBatchReader> RowPile::partition(size_t number) {
  flush();
  return files_[number].read();
}

}  // namespace cairn::integrity
