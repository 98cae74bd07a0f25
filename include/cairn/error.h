#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace cairn {

/// What went wrong, as the caller has to treat it. Enumerators are the exact text shown and stored.
enum class ErrorKind {
  invalid_argument,
  config,
  not_found,
  conflict,
  already_exists,
  busy,
  permission,
  io,
  unavailable,
  unsupported,
  no_space,
  memory_budget,
  corrupt,
  commit_unknown,
  internal,
  cancelled,
};

std::string_view to_string(ErrorKind kind);

/// The exit code of a command that failed with this kind; docs/cli.md lists them.
int exit_code(ErrorKind kind);

/// The one exception that crosses a public boundary. Its text is one line: what was tried, on what,
/// why it failed, and, after the semicolon, what to do.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message, const std::string& next_step = {});

  ErrorKind kind() const { return kind_; }
  const std::string& message() const { return message_; }
  const std::string& next_step() const { return next_step_; }

  /// The same error, told from one level further out: "`doing`: message".
  Error while_doing(std::string_view doing) const;

 private:
  ErrorKind kind_;
  std::string message_;
  std::string next_step_;
};

}  // namespace cairn
