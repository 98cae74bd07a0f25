#pragma once

#include <optional>
#include <string>

#include "base/json.h"
#include "cairn/format.h"

namespace cairn::formats {

/// How a CSV file is written. The defaults are the lossless dialect of docs/formats.md: null is the
/// bare empty field, the empty string is "".
struct CsvDialect {
  enum class Quoting { minimal, strings, all };

  char delimiter = ',';
  bool crlf = false;
  Quoting quoting = Quoting::minimal;
  bool header = true;
  bool bom = false;
  std::string null_token;  // unquoted text that means null; the bare empty field when empty
  FormulaPolicy formula_policy = FormulaPolicy::keep;

  /// Throws invalid_argument for a delimiter, null token or combination that could not be read
  /// back.
  void validate() const;

  /// As recorded with a version, and back.
  Json to_json() const;
  static CsvDialect from_json(const Json& json);

  bool operator==(const CsvDialect&) const = default;
};

}  // namespace cairn::formats
