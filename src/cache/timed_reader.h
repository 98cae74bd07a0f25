#pragma once

#include <arrow/record_batch.h>
#include <arrow/table.h>

#include <chrono>
#include <memory>

#include "cache/core.h"
#include "data/arrow_error.h"

namespace cairn {

/// What yields the rows of a result, with the time that takes, and with what it yielded so far
/// where somebody waits for that.
class DataCache::Implementation::TimedReader final : public arrow::RecordBatchReader {
 public:
  TimedReader(arrow::RecordBatchReader& source, bool keeps) : source_(source), keeps_(keeps) {}

  std::shared_ptr<arrow::Schema> schema() const override { return source_.schema(); }

  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    using std::chrono::steady_clock;
    const auto start = steady_clock::now();
    failed_ = true;  // also where it throws
    auto status = source_.ReadNext(batch);
    failed_ = !status.ok();
    spent_ += std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - start);
    if (keeps_ && status.ok() && *batch != nullptr) batches_.push_back(*batch);
    return status;
  }

  /// Whether it was the source that failed.
  bool failed() const { return failed_; }

  bool keeps() const { return keeps_; }

  std::chrono::microseconds spent() const { return spent_; }
  void add_spent(std::chrono::microseconds more) { spent_ += more; }

  /// All that was and will be yielded.
  std::shared_ptr<arrow::Table> take_all() {
    constexpr const char* kDoing = "compute what is to be cached";
    std::shared_ptr<arrow::RecordBatch> batch;
    do {
      check(ReadNext(&batch), kDoing);
    } while (batch != nullptr);
    return value_or_throw(arrow::Table::FromRecordBatches(schema(), batches_), kDoing);
  }

 private:
  arrow::RecordBatchReader& source_;
  const bool keeps_;
  bool failed_ = false;
  std::chrono::microseconds spent_{0};
  arrow::RecordBatchVector batches_;
};

}  // namespace cairn
