#include "formats/csv/dialect.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/names.h"
#include "cairn/error.h"

namespace cairn {
namespace {

using Quoting = CsvDialect::Quoting;

constexpr std::string_view kDelimiters = ",;\t|!#$%&*?^~";
constexpr size_t kMaxNullTokenBytes = 64;

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool can_delimit(char c) {
  return kDelimiters.find(c) != std::string_view::npos ||
         (is_control(c) && c != '\0' && c != '\n' && c != '\r');
}

// What the text of some value other than a string could be, or what a reader would take for one.
bool looks_like_value(std::string_view token) {
  constexpr std::array<std::string_view, 5> kWords = {"true", "false", "NaN", "INF", "-INF"};
  if (std::find(kWords.begin(), kWords.end(), token) != kWords.end()) return true;
  const char first = token.front();
  if (is_digit(first) || first == '[' || first == '{' || first == '\'') return true;
  const bool is_signed = first == '-' || first == '+' || first == '.';
  return is_signed && token.size() > 1 && is_digit(token[1]);
}

// Why the token cannot stand for null; empty if it can.
std::string_view objection_to(std::string_view token, char delimiter) {
  if (token.size() > kMaxNullTokenBytes) return "it is longer than 64 bytes";
  if (!is_utf8(token)) return "it is not UTF-8";
  if (std::any_of(token.begin(), token.end(), is_control)) return "it has control characters";
  if (token.find('"') != std::string_view::npos) return "it has quotes";
  if (token.find(delimiter) != std::string_view::npos) return "it has the delimiter";
  if (token.front() == ' ' || token.back() == ' ') return "it has a space at one end";
  if (looks_like_value(token)) return "it looks like a value";
  return {};
}

}  // namespace

std::string_view to_string(Quoting quoting) {
  switch (quoting) {
    case Quoting::minimal:
      return "minimal";
    case Quoting::strings:
      return "strings";
    case Quoting::all:
      return "all";
  }
  throw Error(ErrorKind::internal, "a quoting has no name");
}

Quoting parse_quoting(std::string_view text) {
  for (const Quoting quoting : {Quoting::minimal, Quoting::strings, Quoting::all})
    if (text == to_string(quoting)) return quoting;
  throw Error(ErrorKind::invalid_argument, fmt::format("'{}' is no CSV quoting", printable(text)),
              "use minimal, strings or all");
}

void CsvDialect::validate() const {
  if (!can_delimit(delimiter)) {
    throw Error(ErrorKind::invalid_argument,
                fmt::format("'{}' cannot be a CSV delimiter: it occurs in values",
                            printable({&delimiter, 1})),
                "use , ; | or a tab");
  }
  if (null_token.empty()) return;
  if (const std::string_view objection = objection_to(null_token, delimiter); !objection.empty()) {
    throw Error(
        ErrorKind::invalid_argument,
        fmt::format("'{}' cannot be a CSV null token: {}", printable(null_token), objection),
        "use \\N, or none");
  }
}

namespace formats {
namespace {

template <typename T>
T member(const Json& json, const char* name) {
  const auto found = json.find(name);
  try {
    if (found != json.end()) return found->get<T>();
  } catch (const Json::exception&) {
    // Reported below, as a missing member is.
  }
  throw Error(ErrorKind::corrupt, fmt::format("a recorded CSV dialect has no valid '{}'", name));
}

}  // namespace

Json to_json(const CsvDialect& dialect) {
  return {{"delimiter", std::string(1, dialect.delimiter)},
          {"crlf", dialect.crlf},
          {"quoting", cairn::to_string(dialect.quoting)},
          {"header", dialect.header},
          {"bom", dialect.bom},
          {"null_token", dialect.null_token},
          {"formula_policy", cairn::to_string(dialect.formula_policy)}};
}

CsvDialect csv_dialect_from_json(const Json& json) {
  const auto delimiter_text = member<std::string>(json, "delimiter");
  if (delimiter_text.size() != 1)
    throw Error(ErrorKind::corrupt, "a recorded CSV dialect has no valid 'delimiter'");
  CsvDialect dialect;
  dialect.delimiter = delimiter_text.front();
  dialect.crlf = member<bool>(json, "crlf");
  dialect.quoting = parse_quoting(member<std::string>(json, "quoting"));
  dialect.header = member<bool>(json, "header");
  dialect.bom = member<bool>(json, "bom");
  dialect.null_token = member<std::string>(json, "null_token");
  dialect.formula_policy = parse_formula_policy(member<std::string>(json, "formula_policy"));
  dialect.validate();
  return dialect;
}

}  // namespace formats
}  // namespace cairn
