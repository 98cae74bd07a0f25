#pragma once

#include <cstddef>
#include <string_view>

#include "cairn/csv_dialect.h"

namespace cairn::formats {

/// What one pass over some text found.
struct TextScan {
  bool has_special = false;    // delimiter, quote, CR or LF
  bool has_non_ascii = false;  // bytes that must be checked to be UTF-8
};

/// Look at every byte once, several at a time.
TextScan scan_text(std::string_view text, char delimiter);

/// How text becomes a field of a dialect: guards, quotes, and what is refused.
class FieldText {
 public:
  explicit FieldText(const CsvDialect& dialect) : dialect_(dialect) {}

  /// The most bytes that `write` writes for text of this size: every byte a quote, a guard and two
  /// quotes around.
  static constexpr size_t max_size(size_t bytes) { return 2 * bytes + 3; }

  /// Write `text` as a field and return the byte after it. `may_need_quotes` is false where a scan
  /// has already shown that nothing within it is special. `may_be_formula` is true for values of
  /// string columns, which alone are guarded.
  ///
  /// Errors   invalid_argument for text that equals the null token, or is a formula under
  ///          FormulaPolicy::reject.
  char* write(char* out, std::string_view text, bool may_need_quotes, bool may_be_formula) const;

 private:
  bool needs_quotes(std::string_view text, bool may_need_quotes) const;

  const CsvDialect& dialect_;
};

}  // namespace cairn::formats
