#include "completion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cairn::cli {

std::string bash_completion(const std::vector<CommandWords>& commands) {
  std::vector<std::string> names;
  std::string cases;
  for (const CommandWords& command : commands) {
    if (!command.command.empty()) names.push_back(command.command);
    cases +=
        fmt::format("    '{}') words='{}' ;;\n", command.command, fmt::join(command.words, " "));
  }
  // clang-format off
  return fmt::format(R"bash(# bash completion of cairn; use it with: eval "$(cairn completion bash)"
_cairn() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} command='' words='' word
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case $word in
      {}) command=$word; break ;;
    esac
  done
  case $command in
{}  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o default -F _cairn cairn
)bash", fmt::join(names, "|"), cases);
  // clang-format on
}

}  // namespace cairn::cli
