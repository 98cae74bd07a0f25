#pragma once

#include <gtest/gtest.h>

#include "cairn/error.h"

namespace cairn {

/// The Error that `action` throws; a failed test if it throws none.
template <typename Action>
Error error_of(Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "expected an Error";
  return Error(ErrorKind::internal, "no error");
}

}  // namespace cairn
