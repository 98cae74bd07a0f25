#include "formats/untrusted.h"

#include <arrow/record_batch.h>
#include <fmt/format.h>
#include <parquet/exception.h>

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

#include "data/arrow_error.h"

namespace cairn::formats {
namespace {

// A reader speaks Status, from which arrow_error makes the same kind of Error again.
arrow::Status to_status(const Error& error) {
  switch (error.kind()) {
    case ErrorKind::memory_budget:
      return arrow::Status::OutOfMemory(error.message());
    case ErrorKind::unsupported:
      return arrow::Status::NotImplemented(error.message());
    case ErrorKind::cancelled:
      return arrow::Status::Cancelled(error.message());
    default:
      return arrow::Status::Invalid(error.message());
  }
}

class UntrustedReader : public arrow::RecordBatchReader {
 public:
  UntrustedReader(std::shared_ptr<arrow::Schema> schema, std::string source, int64_t promised_rows,
                  Validation validation, BatchSource next, BatchConversion convert)
      : schema_(std::move(schema)),
        source_(std::move(source)),
        promised_rows_(promised_rows),
        validation_(validation),
        next_(std::move(next)),
        convert_(std::move(convert)) {}

  std::shared_ptr<arrow::Schema> schema() const override { return schema_; }

  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    try {
      if (pending_.empty()) {
        pending_ = guarded(fmt::format("read {}", source_), [&] { return checked(next_()); });
        std::reverse(pending_.begin(), pending_.end());
      }
      *batch = std::move(pending_.back());
      pending_.pop_back();
      return arrow::Status::OK();
    } catch (const Error& error) {
      return to_status(error);
    }
  }

 private:
  // What to yield: a null batch at the end.
  arrow::RecordBatchVector checked(std::shared_ptr<arrow::RecordBatch> batch) {
    if (batch == nullptr) {
      if (promised_rows_ >= 0 && rows_ != promised_rows_)
        throw Error(ErrorKind::corrupt,
                    fmt::format("cannot read {}: it holds {} rows and promises {}", source_, rows_,
                                promised_rows_));
      return {nullptr};
    }
    const std::string doing = fmt::format("read {}", source_);
    check(validation_ == Validation::full ? batch->ValidateFull() : batch->Validate(), doing);
    rows_ += batch->num_rows();
    return convert_ ? converted(batch) : arrow::RecordBatchVector{batch};
  }

  arrow::RecordBatchVector converted(const std::shared_ptr<arrow::RecordBatch>& batch) const {
    try {
      return convert_(batch);
    } catch (const Error& error) {
      throw error.while_doing(fmt::format("cannot read {}", source_));
    }
  }

  std::shared_ptr<arrow::Schema> schema_;
  std::string source_;
  int64_t promised_rows_;
  Validation validation_;
  BatchSource next_;
  BatchConversion convert_;
  int64_t rows_ = 0;
  arrow::RecordBatchVector pending_;  // the next one last
};

}  // namespace

void throw_as_error(std::string_view doing) {
  try {
    throw;
  } catch (const Error&) {
    throw;
  } catch (const parquet::ParquetStatusException& exception) {
    throw_arrow_error(exception.status(), doing);
  } catch (const std::bad_alloc&) {
    throw_arrow_error(arrow::Status::OutOfMemory("out of memory"), doing);
  } catch (const std::exception& exception) {
    throw Error(ErrorKind::corrupt, fmt::format("cannot {}: {}", doing, exception.what()));
  }
}

std::shared_ptr<arrow::RecordBatchReader> make_untrusted_reader(
    std::shared_ptr<arrow::Schema> schema, std::string source, int64_t promised_rows,
    Validation validation, BatchSource next, BatchConversion convert) {
  return std::make_shared<UntrustedReader>(std::move(schema), std::move(source), promised_rows,
                                           validation, std::move(next), std::move(convert));
}

}  // namespace cairn::formats
