#pragma once

#include <string>
#include <vector>

namespace cairn::cli {

/// A command and the words that may follow it. The one without a name is `cairn` itself.
struct CommandWords {
  std::string command;
  std::vector<std::string> words;
};

/// A script that teaches bash to complete command lines of `cairn`.
std::string bash_completion(const std::vector<CommandWords>& commands);

}  // namespace cairn::cli
