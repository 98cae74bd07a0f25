#include "base/names.h"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <optional>

#include "cairn/error.h"

namespace cairn {
namespace {

constexpr size_t kMaxNameBytes = 128;
constexpr size_t kMaxSlugBytes = 48;

struct CodePoint {
  char32_t value;
  size_t bytes;
};

// Decodes the code point at the front of `text`; nothing where the bytes are not well-formed UTF-8
// (Unicode 15, table 3-7).
std::optional<CodePoint> decode(std::string_view text) {
  const auto at = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = at(0);
  if (lead < 0x80) return CodePoint{lead, 1};
  const size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return std::nullopt;
  char32_t value = lead & (0x7F >> bytes);
  for (size_t i = 1; i < bytes; ++i) {
    if ((at(i) & 0xC0) != 0x80) return std::nullopt;
    value = (value << 6) | (at(i) & 0x3F);
  }
  const bool overlong = (bytes == 3 && value < 0x800) || (bytes == 4 && value < 0x10000);
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (overlong || surrogate || value > 0x10FFFF) return std::nullopt;
  return CodePoint{value, bytes};
}

// Characters that change how a line looks without being seen: controls, bidirectional marks,
// zero-width characters.
bool is_invisible(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0x061C || c == 0xFEFF;
}

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row.back();
}

// Unicode's composed form (NFC) of well-formed text.
std::string composed(std::string_view text) {
  utf8proc_uint8_t* bytes = nullptr;
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &bytes,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owned(bytes, &std::free);
  if (size < 0) throw std::bad_alloc();  // the only failure for well-formed text
  return {reinterpret_cast<const char*>(bytes), static_cast<size_t>(size)};
}

std::string why_not_a_name(std::string_view name) {
  if (name.empty()) return "it is empty";
  if (name.size() > kMaxNameBytes)
    return fmt::format("it has {} bytes, more than {}", name.size(), kMaxNameBytes);
  if (name.front() == ' ' || name.back() == ' ') return "it starts or ends with a space";
  if (name == "." || name == "..") return "it means a folder";
  for (std::string_view rest = name; !rest.empty();) {
    const auto c = decode(rest);
    if (!c) return "it is not valid UTF-8";
    if (is_invisible(c->value))
      return fmt::format("it contains the invisible character U+{:04X}",
                         static_cast<uint32_t>(c->value));
    if (c->value == '/' || c->value == '\\') return "it contains a path separator";
    rest.remove_prefix(c->bytes);
  }
  if (const std::string form = composed(name); form != name)
    return fmt::format(
        "it looks like '{}', which is the same text in Unicode's composed form (NFC)", form);
  return {};
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto c = decode(text);
    if (!c) return false;
    text.remove_prefix(c->bytes);
  }
  return true;
}

void check_name(std::string_view what, std::string_view name) {
  const std::string reason = why_not_a_name(name);
  if (reason.empty()) return;
  throw Error(ErrorKind::invalid_argument,
              fmt::format("'{}' cannot be a {}: {}", printable(name), what, reason),
              "use 1 to 128 bytes of letters, digits, spaces, '-', '_' or '.', in NFC");
}

std::string slug(std::string_view name) {
  std::string slug;
  for (const char c : name.substr(0, kMaxSlugBytes)) {
    const bool digit = c >= '0' && c <= '9';
    const bool lower = c >= 'a' && c <= 'z';
    const bool upper = c >= 'A' && c <= 'Z';
    slug += digit || lower || c == '-' || c == '_' ? c
            : upper                                ? static_cast<char>(c - 'A' + 'a')
                                                   : '_';
  }
  return slug.empty() ? "_" : slug;
}

std::string distinct_slug(std::string_view name, std::set<std::string>& taken) {
  const std::string wanted = slug(name);
  std::string candidate = wanted;
  for (int n = 2; !taken.insert(candidate).second; ++n)
    candidate = fmt::format("{}_{}", wanted.substr(0, 40), n);
  return candidate;
}

std::string closest(std::string_view word, const std::vector<std::string>& candidates) {
  const auto distance = [&](const std::string& candidate) {
    return edit_distance(word.substr(0, kMaxNameBytes), candidate);
  };
  const auto best =
      std::min_element(candidates.begin(), candidates.end(),
                       [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
  if (best == candidates.end() || distance(*best) > std::max<size_t>(2, word.size() / 3)) return {};
  return *best;
}

std::string printable(std::string_view text, size_t max_bytes) {
  std::string shown;
  while (!text.empty() && shown.size() < max_bytes) {
    const auto c = decode(text);
    const size_t bytes = c ? c->bytes : 1;
    if (!c) {
      shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
    } else if (is_invisible(c->value)) {
      shown += fmt::format("\\u{{{:x}}}", static_cast<uint32_t>(c->value));
    } else {
      shown += text.substr(0, bytes);
    }
    text.remove_prefix(bytes);
  }
  return text.empty() ? shown : shown + "…";
}

}  // namespace cairn
