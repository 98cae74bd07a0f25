#pragma once

#include <gtest/gtest.h>

#include <optional>

#include "cairn/error.h"

namespace cairn::testing {

/// The Error that `action` throws; a failed test when it throws none.
template <typename Action>
std::optional<Error> error_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no Error was thrown";
  return std::nullopt;
}

/// Its kind, for comparisons in one line.
template <typename Action>
std::optional<ErrorKind> error_kind_of(const Action& action) {
  const auto error = error_of(action);
  return error ? std::optional(error->kind()) : std::nullopt;
}

}  // namespace cairn::testing
