#include "formats/csv/field_text.h"

#include <fmt/format.h>

#include <cstdint>
#include <cstring>

#include "base/names.h"
#include "cairn/error.h"
#include "formats/csv/formula.h"

namespace cairn::formats {
namespace {

constexpr size_t kScanBlock = 64;

char* write_doubling_quotes(char* out, std::string_view text) {
  while (true) {
    const size_t quote = text.find('"');
    const size_t plain = quote == std::string_view::npos ? text.size() : quote + 1;
    std::memcpy(out, text.data(), plain);
    out += plain;
    if (quote == std::string_view::npos) return out;
    *out++ = '"';
    text.remove_prefix(plain);
  }
}

}  // namespace

TextScan scan_text(std::string_view text, char delimiter) {
  uint8_t special = 0;
  uint8_t bits = 0;
  const auto look_at = [&](char c) {
    special |= static_cast<uint8_t>((c == delimiter) | (c == '"') | (c == '\n') | (c == '\r'));
    bits |= static_cast<uint8_t>(c);
  };
  size_t at = 0;
  // A fixed number of steps lets the compiler use vector instructions.
  for (; at + kScanBlock <= text.size(); at += kScanBlock)
    for (size_t i = 0; i < kScanBlock; ++i) look_at(text[at + i]);
  for (; at < text.size(); ++at) look_at(text[at]);
  return {special != 0, (bits & 0x80) != 0};
}

bool FieldText::needs_quotes(std::string_view text, bool may_need_quotes) const {
  if (dialect_.quoting != CsvDialect::Quoting::minimal || text.empty()) return true;
  if (text.front() == ' ' || text.back() == ' ') return true;
  return may_need_quotes && scan_text(text, dialect_.delimiter).has_special;
}

char* FieldText::write(char* out, std::string_view text, bool may_need_quotes,
                       bool may_be_formula) const {
  if (!text.empty() && text == dialect_.null_token) {
    throw Error(ErrorKind::invalid_argument,
                fmt::format("a value equals the null token '{}'", dialect_.null_token),
                "choose another null token");
  }
  if (may_be_formula && dialect_.formula_policy == FormulaPolicy::reject && starts_formula(text)) {
    throw Error(ErrorKind::invalid_argument,
                fmt::format("'{}' is run as a formula by spreadsheets", printable(text)),
                "correct the value, or set the formula policy to escape or keep");
  }
  const bool is_guarded = may_be_formula && dialect_.formula_policy == FormulaPolicy::escape &&
                          is_guarded_by_escape(text);
  const bool is_quoted = needs_quotes(text, may_need_quotes);
  if (is_quoted) *out++ = '"';
  if (is_guarded) *out++ = '\'';
  out = write_doubling_quotes(out, text);
  if (is_quoted) *out++ = '"';
  return out;
}

}  // namespace cairn::formats
