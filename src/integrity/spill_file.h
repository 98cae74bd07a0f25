#pragma once

#include <arrow/ipc/type_fwd.h>
#include <arrow/type_fwd.h>

#include <filesystem>
#include <memory>

#include "io/file.h"

namespace cairn::integrity {

/// Record batches on disk that are read back once, in their order. The file has no name, so that
/// nothing is left of it whatever happens.
class SpillFile {
 public:
  explicit SpillFile(std::filesystem::path folder);
  ~SpillFile();
  SpillFile(SpillFile&&) noexcept;

  void append(const arrow::RecordBatch& batch);

  /// What was appended; null if nothing was. Nothing can be appended any more.
  std::shared_ptr<arrow::RecordBatchReader> read();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cairn::integrity
