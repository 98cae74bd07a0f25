#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/data_cache.h"
#include "data/content_digest.h"

namespace cairn::cache {

/// The content of a table whose digest is known.
CacheInput to_input(std::string name, const data::TableDigest& digest);

/// What tells one identity from another, as JSON: parameters, inputs with their columns, code
/// version. Equal identities have equal text but for the columns of inputs.
std::string to_json(const CacheIdentity& identity);

/// Errors   corrupt.
CacheIdentity identity_from_json(std::string process, std::string step, std::string_view json);

/// For every part of an identity (a parameter, an input, the code version) the start of the key
/// that it would have without this part, as bytes; and the start of its own key at the end. Two
/// identities that differ by one part, changed, added or taken away, have one of these in common.
std::vector<std::string> factors(const CacheIdentity& identity);

/// Why an entry under another identity of the same process and step does not do.
struct Difference {
  MissReason reason = MissReason::never_stored;  // that of the first part that differs
  int parts = 0;
  std::string explanation;  // "parameter 'threshold' was 2.5, is 3.0"
};
Difference difference(const CacheIdentity& stored, const CacheIdentity& asked);

/// Whether a key names neither input nor code, and so cannot see that they changed.
bool is_weak(const CacheIdentity& identity);

}  // namespace cairn::cache
