#include "formats/csv/field_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/names.h"
#include "cairn/error.h"
#include "formats/csv/formula.h"

namespace cairn::formats {
namespace {

// Eight bytes are looked at as one number, since compilers make no vector code of the plain loop.
constexpr size_t kWordBytes = 8;
constexpr uint64_t kLowBits = 0x0101010101010101;
constexpr uint64_t kHighBits = 0x8080808080808080;

constexpr uint64_t repeated(char c) {
  return kLowBits * static_cast<unsigned char>(c);
}

// Not zero exactly when some byte of `word` is zero (H. Warren, Hacker's Delight, 6-1).
constexpr uint64_t zero_bytes(uint64_t word) {
  return (word - kLowBits) & ~word & kHighBits;
}

class WordScan {
 public:
  explicit WordScan(char delimiter) : delimiters_(repeated(delimiter)) {}

  void look_at(const char* text) {
    uint64_t word;
    std::memcpy(&word, text, kWordBytes);
    special_ |= zero_bytes(word ^ delimiters_) | zero_bytes(word ^ repeated('"')) |
                zero_bytes(word ^ repeated('\n')) | zero_bytes(word ^ repeated('\r'));
    bits_ |= word;
  }

  TextScan result() const { return {special_ != 0, (bits_ & kHighBits) != 0}; }

 private:
  uint64_t delimiters_;
  uint64_t special_ = 0;
  uint64_t bits_ = 0;
};

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
  WordScan scan(delimiter);
  if (text.size() < kWordBytes) {
    char padded[kWordBytes] = "xxxxxxx";
    std::copy(text.begin(), text.end(), padded);
    scan.look_at(padded);
    return scan.result();
  }
  for (size_t at = 0; at + kWordBytes <= text.size(); at += kWordBytes)
    scan.look_at(text.data() + at);
  // The last bytes as a word of their own: looking at some of them twice does no harm.
  scan.look_at(text.data() + text.size() - kWordBytes);
  return scan.result();
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
