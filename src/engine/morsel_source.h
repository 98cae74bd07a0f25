#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace cairn::engine {

/// Consecutive rows of a table that are worked on together.
struct Morsel {
  std::shared_ptr<arrow::RecordBatch> rows;
  int64_t first_row = 0;
  int64_t bytes = 0;  // of Arrow memory they refer to
};

/// Cuts what a reader yields into morsels. Every morsel but the last has a multiple of
/// data::kStrideRows rows, so that any thread can digest it alone; rows are copied only where a
/// stride lies across two batches of the reader.
class MorselSource {
 public:
  /// `morsel_bytes` bounds a morsel from above as long as one stride fits into it.
  MorselSource(arrow::RecordBatchReader& reader, int64_t morsel_bytes);

  std::optional<Morsel> next();

  /// Arrow memory that all morsels so far refer to.
  int64_t bytes() const { return bytes_; }

 private:
  bool pull();
  std::shared_ptr<arrow::RecordBatch> take(int64_t rows);
  int64_t rows_per_morsel() const;

  arrow::RecordBatchReader& reader_;
  const int64_t morsel_bytes_;
  std::vector<std::shared_ptr<arrow::RecordBatch>>
      held_;  // pulled and not yet handed out, in order
  int64_t held_rows_ = 0;
  int64_t bytes_per_row_ = 1;
  int64_t next_row_ = 0;
  int64_t bytes_ = 0;
  bool at_end_ = false;
};

}  // namespace cairn::engine
