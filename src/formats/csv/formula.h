#pragma once

#include <string_view>

namespace cairn::formats {

/// Whether a spreadsheet would run this cell as a formula.
///
/// Source   OWASP, CSV Injection; docs/formats.md, CSV, Formulas.
inline bool starts_formula(std::string_view text) {
  if (text.empty()) return false;
  switch (text.front()) {
    case '=':
    case '+':
    case '-':
    case '@':
    case '\t':
    case '\r':
    case '\n':
      return true;
    case '\xEF':  // the full-width forms: U+FF1D, U+FF0B, U+FF0D, U+FF20
      return text.starts_with("\xEF\xBC\x9D") || text.starts_with("\xEF\xBC\x8B") ||
             text.starts_with("\xEF\xBC\x8D") || text.starts_with("\xEF\xBC\xA0");
    default:
      return false;
  }
}

/// Whether FormulaPolicy::escape writes one ' in front of this cell, and its reader takes one off:
/// any number of ', then a formula. Longer runs of ' are included so that taking one off is exact.
inline bool is_guarded_by_escape(std::string_view text) {
  const size_t quotes = text.find_first_not_of('\'');
  return quotes != std::string_view::npos && starts_formula(text.substr(quotes));
}

}  // namespace cairn::formats
