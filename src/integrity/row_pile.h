#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "integrity/spill_file.h"

namespace cairn::integrity {

/// The key of each row of a batch, as bytes: equal keys, equal bytes.
using KeysOf = std::function<std::vector<std::string>(const arrow::RecordBatch&)>;

/// Rows of one table, in memory, or spread over files by a hash of their key.
class RowPile {
 public:
  static constexpr size_t kPartitions = 16;

  /// `depth` chooses the part of the hash that spreads the rows, so that a partition can be spread
  /// again.
  RowPile(KeysOf keys_of, int depth, std::filesystem::path folder)
      : keys_of_(std::move(keys_of)), depth_(depth), folder_(std::move(folder)) {}

  void add(std::shared_ptr<arrow::RecordBatch> batch);

  int64_t held_bytes() const { return held_bytes_; }
  bool spilled() const { return !files_.empty(); }

  /// Move what is held to files, and all that follows.
  void spill();

  /// What is held, as one batch; null where there is nothing.
  std::shared_ptr<arrow::RecordBatch> take_held();

  /// The rows of one partition; null where there are none.
  std::shared_ptr<arrow::RecordBatchReader> partition(size_t number);

 private:
  void flush();

  const KeysOf keys_of_;
  const int depth_;
  const std::filesystem::path folder_;
  std::vector<std::shared_ptr<arrow::RecordBatch>> held_;
  int64_t held_bytes_ = 0;
  std::vector<SpillFile> files_;
};

}  // namespace cairn::integrity
