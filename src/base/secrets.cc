#include "base/secrets.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace cairn {
namespace {

constexpr std::array<std::string_view, 14> kSecretWords{
    "password",   "passwd",      "pwd",           "passphrase", "passcode", "secret", "secrets",
    "credential", "credentials", "authorization", "bearer",     "token",    "apikey", "cookie"};

// Words that are harmless alone; the second follows the first.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kSecretPairs{
    {{"api", "key"}, {"access", "key"}, {"private", "key"}, {"account", "key"}, {"pass", "word"}}};

bool is_letter(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0;
}
bool is_upper(char c) {
  return std::isupper(static_cast<unsigned char>(c)) != 0;
}

// "dbPassword", "DB-password2" to {"db", "password"}: digits end a word.
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  char before = '\0';
  for (const char c : name) {
    const bool camel = is_upper(c) && is_letter(before) && !is_upper(before);
    if ((!is_letter(c) || camel) && !words.back().empty()) words.emplace_back();
    if (is_letter(c))
      words.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    before = c;
  }
  return words;
}

// Characters of a name that stands before '='.
bool is_of_name(char c) {
  return is_letter(c) || std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
}

// "scheme://user:password@host" to "scheme://host". The user ends at the last '@' before the path.
std::string without_user(std::string_view text) {
  constexpr std::string_view kEndOfAuthority = "/?# \t\r\n\"'<>";
  std::string kept;
  for (size_t at = 0; at < text.size();) {
    const size_t slashes = text.find("://", at);
    const size_t authority = slashes == text.npos ? text.size() : slashes + 3;
    kept += text.substr(at, authority - at);
    const size_t end = std::min(text.find_first_of(kEndOfAuthority, authority), text.size());
    const std::string_view host = text.substr(authority, end - authority);
    const size_t user = host.rfind('@');
    kept += user == host.npos ? host : host.substr(user + 1);
    at = end;
  }
  return kept;
}

// "host=h password=x" to "host=h password=[redacted]". A quoted value ends at its quote.
std::string without_assigned(const std::string& text) {
  std::string kept;
  size_t at = 0;
  for (size_t equals = text.find('='); equals != text.npos; equals = text.find('=', at)) {
    size_t name = equals;
    while (name > at && is_of_name(text[name - 1])) --name;
    kept.append(text, at, equals + 1 - at);
    at = equals + 1;
    if (!names_secret(std::string_view(text).substr(name, equals - name))) continue;
    const bool quoted = at < text.size() && (text[at] == '"' || text[at] == '\'');
    const size_t end = quoted ? text.find(text[at], at + 1) : text.find_first_of("&; \t\r\n,", at);
    at = end == text.npos ? text.size() : end + (quoted ? 1 : 0);
    kept += kRedacted;
  }
  return kept.append(text, at);
}

Value cleaned(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value.get())) return without_secrets(*text);
  if (const auto* members = std::get_if<Value::Map>(&value.get())) return without_secrets(*members);
  const auto each = [](const Value::List& items) {
    Value::List kept;
    for (const Value& item : items) kept.push_back(cleaned(item));
    return kept;
  };
  if (const auto* list = std::get_if<Value::List>(&value.get())) return each(*list);
  if (const auto* set = std::get_if<ValueSet>(&value.get())) return ValueSet{each(set->members)};
  return value;
}

}  // namespace

bool names_secret(std::string_view name) {
  const auto words = words_of(name);
  for (size_t i = 0; i < words.size(); ++i) {
    if (std::find(kSecretWords.begin(), kSecretWords.end(), words[i]) != kSecretWords.end())
      return true;
    if (i > 0 && std::find(kSecretPairs.begin(), kSecretPairs.end(),
                           std::pair<std::string_view, std::string_view>(words[i - 1], words[i])) !=
                     kSecretPairs.end())
      return true;
  }
  return false;
}

std::string without_secrets(std::string_view text) {
  return without_assigned(without_user(text));
}

Value::Map without_secrets(const Value::Map& members) {
  Value::Map kept;
  for (const auto& [name, value] : members)
    kept.emplace(name, names_secret(name) ? Value(kRedacted) : cleaned(value));
  return kept;
}

}  // namespace cairn
