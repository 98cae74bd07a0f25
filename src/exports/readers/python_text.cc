#include "exports/readers/python_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cairn::exports {

std::string python_string(std::string_view text) {
  std::string literal = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      literal += {'\\', c};
    } else if (c == '\n') {
      literal += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      literal += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      literal += c;
    }
  }
  return literal + '"';
}

std::string python_list(const std::vector<std::string>& texts) {
  std::vector<std::string> literals;
  literals.reserve(texts.size());
  for (const std::string& text : texts) literals.push_back(python_string(text));
  return fmt::format("[{}]", fmt::join(literals, ", "));
}

std::string python_dict(const std::vector<std::pair<std::string, std::string>>& items) {
  std::vector<std::string> members;
  members.reserve(items.size());
  for (const auto& [key, value] : items) members.push_back(python_string(key) + ": " + value);
  return fmt::format("{{{}}}", fmt::join(members, ", "));
}

}  // namespace cairn::exports
