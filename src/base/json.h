#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace cairn {

/// JSON values. Object members are kept sorted by name, so equal values have equal text.
using Json = nlohmann::json;

/// Canonical text: members sorted, no spaces, one format for numbers, bytes that are not UTF-8
/// replaced.
std::string to_canonical_json(const Json& value);

/// The same value for people: indented by two spaces, with a final newline.
std::string to_pretty_json(const Json& value);

/// Parse at most 16 MiB, nested at most 64 deep; throw corrupt naming `what` otherwise.
Json parse_json(std::string_view text, std::string_view what);

}  // namespace cairn
