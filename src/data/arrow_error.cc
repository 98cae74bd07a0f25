#include "data/arrow_error.h"

#include <fmt/format.h>

#include <cerrno>
#include <string>

#include <arrow/util/io_util.h>

namespace cairn {
namespace {

ErrorKind kind_of(const arrow::Status& status) {
  switch (status.code()) {
    case arrow::StatusCode::OutOfMemory:
      return ErrorKind::memory_budget;
    case arrow::StatusCode::CapacityError:
    case arrow::StatusCode::NotImplemented:
    case arrow::StatusCode::TypeError:
      return ErrorKind::unsupported;
    case arrow::StatusCode::Cancelled:
      return ErrorKind::cancelled;
    case arrow::StatusCode::IOError:
    case arrow::StatusCode::Invalid:
    case arrow::StatusCode::SerializationError:
      return ErrorKind::corrupt;
    default:
      return ErrorKind::internal;
  }
}

}  // namespace

void throw_arrow_error(const arrow::Status& status, std::string_view doing) {
  // An exception of ours that crossed Arrow's code as a Status keeps its kind only in its text;
  // errno is exact.
  const ErrorKind kind = kind_of(status);
  std::string reason = status.message();
  if (const size_t stack = reason.find(". Detail:"); stack != std::string::npos)
    reason.resize(stack);
  const char* next_step =
      kind == ErrorKind::memory_budget ? "raise the memory budget (--memory)" : "";
  throw Error(kind, fmt::format("cannot {}: {}", doing, reason), next_step);
}

}  // namespace cairn
