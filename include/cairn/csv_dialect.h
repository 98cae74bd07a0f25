#pragma once

#include <string>

#include "cairn/format.h"

namespace cairn {

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

  /// Throws invalid_argument for a delimiter, null token or combination that could not be read back.
  void validate() const;

  bool operator==(const CsvDialect&) const = default;
};

std::string_view to_string(CsvDialect::Quoting quoting);
CsvDialect::Quoting parse_quoting(std::string_view text);

}  // namespace cairn
