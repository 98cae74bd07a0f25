#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "bind.h"
#include "cairn/error.h"

namespace cairn::python {

/// The key of schema metadata that remembers which kind of frame rows came from.
inline constexpr const char* kKindKey = "cairn:frame";

/// Rows on their way in: anything with `__arrow_c_stream__`, to be read once.
class IncomingRows {
 public:
  /// `kind` is remembered with the rows where it is not empty; `rows` is -1 where not known.
  IncomingRows(const nb::object& stream, const std::string& kind, int64_t rows);
  ~IncomingRows();
  IncomingRows(const IncomingRows&) = delete;
  IncomingRows& operator=(const IncomingRows&) = delete;

  /// Errors   invalid_argument for rows that were read before.
  std::shared_ptr<arrow::RecordBatchReader> take();

  int64_t rows() const { return rows_; }

 private:
  std::shared_ptr<arrow::RecordBatchReader> reader_;
  int64_t rows_;
};

/// Rows on their way out, for one reader of `__arrow_c_stream__`.
class OutgoingRows {
 public:
  explicit OutgoingRows(std::shared_ptr<arrow::RecordBatchReader> reader);
  explicit OutgoingRows(const std::shared_ptr<arrow::Table>& table);
  ~OutgoingRows();
  OutgoingRows(OutgoingRows&&) noexcept;
  OutgoingRows& operator=(OutgoingRows&&) noexcept;

  const std::string& kind() const { return kind_; }
  nb::object capsule();

  /// Throws the error that ended the stream, which Arrow's C interface reduces to its text.
  void raise_failure() const;

 private:
  std::string kind_;
  std::shared_ptr<arrow::RecordBatchReader> reader_;
  std::shared_ptr<std::optional<Error>> failure_;
};

}  // namespace cairn::python
