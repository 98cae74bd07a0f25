#pragma once

#include <string>
#include <vector>

namespace cairn::cli {

/// How a process ended: by itself, or by a signal.
struct ProcessEnd {
  int exit_code = 0;
  int signal = 0;
};

/// Run this very program with other arguments, on the same standard streams, and wait for its end.
///
/// Errors   io.
ProcessEnd run_cairn(const std::vector<std::string>& arguments);

}  // namespace cairn::cli
