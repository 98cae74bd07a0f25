#include "engine/morsel_source.h"

#include <arrow/record_batch.h>
#include <arrow/util/byte_size.h>

#include <algorithm>

#include "data/arrow_error.h"
#include "data/content_digest.h"
#include "data/join_rows.h"

namespace cairn::engine {
namespace {

using data::kBlockRows;
using data::kStrideRows;

// What a slice refers to, not the whole buffers behind it.
int64_t bytes_of(const arrow::RecordBatch& batch) {
  const auto bytes = arrow::util::ReferencedBufferSize(batch);
  return bytes.ok() ? *bytes : arrow::util::TotalBufferSize(batch);
}

}  // namespace

MorselSource::MorselSource(arrow::RecordBatchReader& reader, int64_t morsel_bytes)
    : reader_(reader), morsel_bytes_(morsel_bytes) {}

std::optional<Morsel> MorselSource::next() {
  while (held_rows_ < kStrideRows && pull()) {
  }
  if (held_rows_ == 0) return std::nullopt;
  // A stride that lies across batches is copied together alone; what follows it in the batch is
  // handed out as a slice.
  const int64_t front = held_.front()->num_rows();
  const int64_t whole = std::min(front, rows_per_morsel()) / kStrideRows * kStrideRows;
  const int64_t rows = whole > 0 ? whole : std::min(held_rows_, kStrideRows);
  Morsel morsel{take(rows), next_row_, 0};
  morsel.bytes = bytes_of(*morsel.rows);
  next_row_ += rows;
  bytes_ += morsel.bytes;
  return morsel;
}

bool MorselSource::pull() {
  if (at_end_) return false;
  std::shared_ptr<arrow::RecordBatch> batch;
  check(reader_.ReadNext(&batch), "read the input");
  at_end_ = batch == nullptr;
  if (at_end_ || batch->num_rows() == 0) return !at_end_;
  bytes_per_row_ = std::max<int64_t>(1, bytes_of(*batch) / batch->num_rows());
  held_rows_ += batch->num_rows();
  held_.push_back(std::move(batch));
  return true;
}

int64_t MorselSource::rows_per_morsel() const {
  return std::clamp(morsel_bytes_ / bytes_per_row_, kStrideRows, kBlockRows);
}

std::shared_ptr<arrow::RecordBatch> MorselSource::take(int64_t rows) {
  std::vector<std::shared_ptr<arrow::RecordBatch>> parts;
  held_rows_ -= rows;
  while (rows > 0) {
    auto& front = held_.front();
    const int64_t taken = std::min(rows, front->num_rows());
    parts.push_back(front->Slice(0, taken));
    front = front->Slice(taken);
    if (front->num_rows() == 0) held_.erase(held_.begin());
    rows -= taken;
  }
  return data::join_rows(parts);
}

}  // namespace cairn::engine
