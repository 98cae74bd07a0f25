#pragma once

#include <arrow/result.h>
#include <arrow/status.h>

#include <string_view>
#include <utility>

#include "cairn/error.h"

namespace cairn {

/// Arrow's Status as our exception: out-of-memory, capacity, I/O, unsupported and invalid data each
/// have their kind. `doing` starts the message: "cannot `doing`: …".
[[noreturn]] void throw_arrow_error(const arrow::Status& status, std::string_view doing);

inline void check(const arrow::Status& status, std::string_view doing) {
  if (!status.ok()) throw_arrow_error(status, doing);
}

template <typename T>
T value_or_throw(arrow::Result<T> result, std::string_view doing) {
  if (!result.ok()) throw_arrow_error(result.status(), doing);
  return std::move(result).ValueUnsafe();
}

}  // namespace cairn
