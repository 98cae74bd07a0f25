#pragma once

#include <string>

#include "cairn/value.h"

namespace cairn {

/// The bytes of docs/formats.md, "Canonical values": equal for equal values and different for
/// different ones, whatever order the members of maps and sets came in. -0.0 counts as 0.0, and
/// every NaN as one.
///
/// Errors   invalid_argument naming the place: text that is not UTF-8, an integer or decimal that
///          is not in plain digits, a set with a member twice, more than 32 levels.
std::string to_canonical_bytes(const Value& value);

}  // namespace cairn
