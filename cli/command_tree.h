#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "session.h"

namespace cairn::cli {

/// What a command line asks for.
struct Invocation {
  CommonOptions common;
  std::function<int(Session&)> run;
};

/// Understand a command line, without the program's name.
///
/// Errors   invalid_argument in one line, with the nearest command or option for a misspelt one.
Invocation parse_command_line(const std::vector<std::string>& arguments);

}  // namespace cairn::cli
