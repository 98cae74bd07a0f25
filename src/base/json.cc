#include "base/json.h"

#include <fmt/format.h>

#include "cairn/error.h"

namespace cairn {
namespace {

constexpr size_t kMaxJsonBytes = 16 << 20;
constexpr int kMaxJsonDepth = 64;

}  // namespace

std::string to_canonical_json(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string to_pretty_json(const Json& value) {
  return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json parse_json(std::string_view text, std::string_view what) {
  if (text.size() > kMaxJsonBytes) {
    throw Error(ErrorKind::corrupt, fmt::format("{} has {} bytes of JSON, more than {}", what,
                                                text.size(), kMaxJsonBytes));
  }
  // The depth is judged while parsing: a document built first could be too deep to free without a
  // deep stack.
  const auto within_depth = [&](int depth, Json::parse_event_t, Json&) {
    if (depth > kMaxJsonDepth)
      throw Error(ErrorKind::corrupt,
                  fmt::format("{} is nested deeper than {}", what, kMaxJsonDepth));
    return true;
  };
  try {
    return Json::parse(text, within_depth);
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::corrupt, fmt::format("{} is not valid JSON: {}", what, error.what()));
  }
}

}  // namespace cairn
