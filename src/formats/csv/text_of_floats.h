#pragma once

#include <cstdint>

namespace cairn::formats {

/// The most bytes that write_float writes: -1.2345678901234567e-308 and some slack.
inline constexpr int kMaxFloatText = 32;

/// A decimal number: digits x 10^exponent, without zeros at the end unless it is zero.
struct ShortestDecimal {
  uint64_t digits;
  int exponent;
};

/// The shortest decimal that lies within the rounding interval of significand x 2^exponent, closest
/// to it where there are several. `closer_below` says that the next smaller value is only half as
/// far away as the next larger one, as it is at powers of two.
///
/// Shape    0 < significand < 2^53, -1074 <= exponent <= 971: halfs, floats and doubles.
/// Source   R. Giulietti, "The Schubfach way to render doubles", 2021.
ShortestDecimal shortest_decimal(uint64_t significand, int exponent, bool closer_below);

/// Write `value` as docs/formats.md says and return the byte after it.
char* write_float(char* out, double value);
char* write_float(char* out, float value);

/// Write the half-precision number with these bits.
char* write_half(char* out, uint16_t bits);

/// Write `value` if it has at most four decimals and is not too large, else return nullptr. Gives
/// the text of write_float, several times faster.
char* write_few_decimals(char* out, double value);

}  // namespace cairn::formats
