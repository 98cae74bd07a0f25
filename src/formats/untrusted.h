#pragma once

#include <arrow/status.h>
#include <arrow/type_fwd.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace cairn::formats {

/// Rethrow the exception being handled as an Error: "cannot `doing`: reason". For calls into
/// parsers, which answer damaged or hostile bytes with exceptions of many types.
///
/// Errors   memory_budget where memory ran out, corrupt for the rest.
[[noreturn]] void throw_as_error(std::string_view doing);

/// What `parse` returns, or an Error.
template <typename Parse>
auto guarded(std::string_view doing, Parse&& parse) {
  try {
    return parse();
  } catch (...) {
    throw_as_error(doing);
  }
}

/// How far to check a batch that a parser made.
enum class Validation {
  structure,  // lengths and offsets fit together, in constant time
  full,       // and every offset, index and UTF-8 sequence is right
};

using BatchSource = std::function<std::shared_ptr<arrow::RecordBatch>()>;
using BatchConversion =
    std::function<arrow::RecordBatchVector(const std::shared_ptr<arrow::RecordBatch>&)>;

/// Reads batches from a parser of bytes that may be damaged or hostile.
///
/// Shape    batches of `schema`: those of `next`, null at the end, each first found valid and then
///          converted, to one or more.
/// Errors   any exception of `next`, an invalid batch, or another number of rows than
///          `promised_rows` (-1 where nothing was promised), as a Status naming `source`.
std::shared_ptr<arrow::RecordBatchReader> make_untrusted_reader(
    std::shared_ptr<arrow::Schema> schema, std::string source, int64_t promised_rows,
    Validation validation, BatchSource next, BatchConversion convert = {});

}  // namespace cairn::formats
