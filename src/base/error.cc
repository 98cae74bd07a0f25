#include "cairn/error.h"

#include <algorithm>
#include <array>

namespace cairn {
namespace {

struct KindRow {
  ErrorKind kind;
  std::string_view text;
  int exit_code;
};

// The one table of kinds; the command line, Python and the documents read it.
constexpr std::array kKinds{
    KindRow{ErrorKind::invalid_argument, "invalid_argument", 2},
    KindRow{ErrorKind::config, "config", 2},
    KindRow{ErrorKind::not_found, "not_found", 10},
    KindRow{ErrorKind::conflict, "conflict", 11},
    KindRow{ErrorKind::already_exists, "already_exists", 11},
    KindRow{ErrorKind::busy, "busy", 11},
    KindRow{ErrorKind::permission, "permission", 12},
    KindRow{ErrorKind::io, "io", 13},
    KindRow{ErrorKind::unavailable, "unavailable", 13},
    KindRow{ErrorKind::unsupported, "unsupported", 14},
    KindRow{ErrorKind::no_space, "no_space", 15},
    KindRow{ErrorKind::memory_budget, "memory_budget", 15},
    KindRow{ErrorKind::corrupt, "corrupt", 16},
    KindRow{ErrorKind::commit_unknown, "commit_unknown", 17},
    KindRow{ErrorKind::internal, "internal", 70},
    KindRow{ErrorKind::cancelled, "cancelled", 130},
};

const KindRow& row_of(ErrorKind kind) {
  return *std::find_if(kKinds.begin(), kKinds.end(),
                       [&](const KindRow& row) { return row.kind == kind; });
}

// Messages quote what came from outside; a line break in it must not make two lines of one error.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return text;
}

}  // namespace

std::string_view to_string(ErrorKind kind) {
  return row_of(kind).text;
}

int exit_code(ErrorKind kind) {
  return row_of(kind).exit_code;
}

Error::Error(ErrorKind kind, const std::string& message, const std::string& next_step)
    : std::runtime_error(one_line(next_step.empty() ? message : message + "; " + next_step)),
      kind_(kind),
      message_(one_line(message)),
      next_step_(one_line(next_step)) {}

Error Error::while_doing(std::string_view doing) const {
  return Error(kind_, std::string(doing) + ": " + message_, next_step_);
}

}  // namespace cairn
