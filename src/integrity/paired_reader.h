#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <optional>

#include "integrity/aligners.h"

namespace cairn::integrity {

/// Reads two tables side by side, whatever batches they come in.
class PairedReader {
 public:
  explicit PairedReader(const TablePair& tables)
      : original_(tables.original), exported_(tables.exported), progress_(tables.progress) {}

  /// The next rows that both have, without copying.
  std::optional<AlignedRows> next();

  /// Read whichever table is longer to its end.
  void drain();

  int64_t original_rows() const { return original_.rows; }
  int64_t exported_rows() const { return exported_.rows; }

 private:
  struct Side {
    explicit Side(arrow::RecordBatchReader& table) : reader(table) {}

    // Whether there are rows in `batch`.
    bool fill();

    arrow::RecordBatchReader& reader;
    std::shared_ptr<arrow::RecordBatch> batch;
    int64_t rows = 0;  // read so far
    bool at_end = false;
  };

  Side original_;
  Side exported_;
  Progress& progress_;
  int64_t next_row_ = 0;
};

}  // namespace cairn::integrity
