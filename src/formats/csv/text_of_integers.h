#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace cairn::formats {

/// The most bytes that write_integer writes: -9223372036854775808.
inline constexpr int kMaxIntegerText = 20;

/// "00" to "99", two digits after two digits.
struct DigitPairs {
  char text[200];

  constexpr DigitPairs() : text() {
    for (int i = 0; i < 100; ++i) {
      text[2 * i] = static_cast<char>('0' + i / 10);
      text[2 * i + 1] = static_cast<char>('0' + i % 10);
    }
  }
};
inline constexpr DigitPairs kDigitPairs;

inline constexpr uint64_t kPowersOfTen[] = {1,
                                            10,
                                            100,
                                            1000,
                                            10000,
                                            100000,
                                            1000000,
                                            10000000,
                                            100000000,
                                            1000000000,
                                            10000000000,
                                            100000000000,
                                            1000000000000,
                                            10000000000000,
                                            100000000000000,
                                            1000000000000000,
                                            10000000000000000,
                                            100000000000000000,
                                            1000000000000000000,
                                            10000000000000000000ULL};

/// Decimal digits of `value`, 1 for zero.
inline int count_digits(uint64_t value) {
  // 1233 / 4096 is a little more than log10(2); the table corrects the guess by at most one.
  const int guess = (std::bit_width(value | 1) * 1233) >> 12;
  return guess + ((value | 1) >= kPowersOfTen[guess] ? 1 : 0);
}

/// Write exactly two digits and return the byte after them. `value` is below 100.
inline char* write_two_digits(char* out, uint32_t value) {
  std::memcpy(out, kDigitPairs.text + static_cast<size_t>(2) * value, 2);
  return out + 2;
}

/// Write exactly `digits` digits, zeros in front, and return the byte after them.
inline char* write_padded(char* out, uint64_t value, int digits) {
  int at = digits;
  for (; at >= 2; at -= 2) {
    write_two_digits(out + at - 2, static_cast<uint32_t>(value % 100));
    value /= 100;
  }
  if (at == 1) *out = static_cast<char>('0' + value % 10);
  return out + digits;
}

/// Write the digits of `value` and return the byte after them.
inline char* write_integer(char* out, uint64_t value) {
  return write_padded(out, value, count_digits(value));
}

inline char* write_integer(char* out, int64_t value) {
  uint64_t magnitude = static_cast<uint64_t>(value);
  if (value < 0) {
    *out++ = '-';
    magnitude = 0 - magnitude;
  }
  return write_integer(out, magnitude);
}

}  // namespace cairn::formats
