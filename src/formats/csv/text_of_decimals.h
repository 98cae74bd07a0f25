#pragma once

#include <cstdint>
#include <string_view>

namespace cairn::formats {

/// The most bytes that write_decimal writes for this scale: 76 digits, sign, point, and the zeros
/// that a scale beyond the digits asks for.
constexpr int max_decimal_text(int32_t scale) {
  return 80 + (scale < 0 ? -scale : scale);
}

/// Write an unscaled integer, as digits with an optional minus, divided by 10^scale, with exactly
/// `scale` digits after the point or, for a negative scale, that many zeros. Returns the byte after
/// it.
char* write_decimal(char* out, std::string_view unscaled, int32_t scale);

}  // namespace cairn::formats
