#pragma once

#include <string>
#include <string_view>

#include "cairn/value.h"

namespace cairn {

// What a secret is, told by its name and its surroundings, so that it is not kept beside data.
// docs/lineage.md has the rules.

inline constexpr std::string_view kRedacted = "[redacted]";

/// Whether what has this name is to be kept secret: `password`, `DB_TOKEN`, `apiKey`. Names are
/// taken apart into words, so that `max_tokens` and `tokenizer` are not.
bool names_secret(std::string_view name);

/// `text` without the user and password of every URI in it, and with `[redacted]` for values that
/// follow a secret's name and '=', as in connection strings and queries of URIs.
std::string without_secrets(std::string_view text);

/// The same for all text in `members`, and with `[redacted]` for those whose names say secret.
Value::Map without_secrets(const Value::Map& members);

}  // namespace cairn
