#include "base/quantities.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

#include "base/names.h"
#include "cairn/error.h"

namespace cairn {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

constexpr std::array kByteUnits{Unit{"", 1},
                                Unit{"B", 1},
                                Unit{"KB", 1e3},
                                Unit{"MB", 1e6},
                                Unit{"GB", 1e9},
                                Unit{"TB", 1e12},
                                Unit{"KiB", 1024.0},
                                Unit{"MiB", 1048576.0},
                                Unit{"GiB", 1073741824.0},
                                Unit{"TiB", 1099511627776.0}};
constexpr std::array kTimeUnits{Unit{"s", 1}, Unit{"m", 60}, Unit{"h", 3600}, Unit{"d", 86400},
                                Unit{"w", 604800}};

bool same_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

template <size_t N>
int64_t parse_quantity(std::string_view text, std::string_view what,
                       const std::array<Unit, N>& units, std::string_view examples) {
  double number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string_view unit(stop, static_cast<size_t>(text.data() + text.size() - stop));
  while (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
  for (const Unit& candidate : units) {
    const double value = number * candidate.factor;
    if (error == std::errc() && same_ignoring_case(unit, candidate.name) && value >= 0 &&
        value < 9.0e18) {
      return std::llround(value);
    }
  }
  throw Error(ErrorKind::invalid_argument, fmt::format("'{}' is not a {}", printable(text), what),
              fmt::format("write it like {}", examples));
}

}  // namespace

int64_t parse_bytes(std::string_view text, std::string_view what) {
  return parse_quantity(text, what, kByteUnits, "256MB, 1.5GiB or 4096");
}

std::chrono::seconds parse_duration(std::string_view text, std::string_view what) {
  return std::chrono::seconds(parse_quantity(text, what, kTimeUnits, "90s, 15m, 24h, 7d or 2w"));
}

std::string format_bytes(int64_t bytes) {
  constexpr std::array kNames{"kB", "MB", "GB", "TB"};
  if (bytes < 1000) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes) / 1000;
  size_t unit = 0;
  for (; value >= 999.95 && unit + 1 < kNames.size(); ++unit) value /= 1000;
  return fmt::format("{:.1f} {}", value, kNames[unit]);
}

std::string format_count(int64_t count) {
  std::string digits = std::to_string(count);
  const size_t first = count < 0 ? 1 : 0;
  for (size_t at = digits.size(); at > first + 3;) digits.insert(at -= 3, ",");
  return digits;
}

}  // namespace cairn
