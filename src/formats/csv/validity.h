#pragma once

#include <arrow/buffer_builder.h>

#include <memory>
#include <utility>

#include "data/arrow_error.h"

namespace cairn::formats {

/// Collects which values of a column are valid; costs a counter until the first null.
class Validity {
 public:
  explicit Validity(arrow::MemoryPool* pool) : bits_(pool) {}

  void append_valid() { ++valid_run_; }

  void append_null() {
    check(bits_.Append(valid_run_, true), "collect nulls");
    check(bits_.Append(false), "collect nulls");
    valid_run_ = 0;
  }

  /// The bitmap; nothing where no value is null.
  std::shared_ptr<arrow::Buffer> finish() {
    const int64_t valid_run = std::exchange(valid_run_, 0);
    if (bits_.length() == 0) return nullptr;
    check(bits_.Append(valid_run, true), "collect nulls");
    return value_or_throw(bits_.Finish(), "collect nulls");
  }

 private:
  arrow::TypedBufferBuilder<bool> bits_;
  int64_t valid_run_ = 0;
};

}  // namespace cairn::formats
