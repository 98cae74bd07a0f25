#pragma once

#include <arrow/util/decimal.h>

#include <array>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

namespace cairn::formats {

// The values that the texts of docs/formats.md stand for. Each function is exact, checks for
// overflow, takes the whole text or nothing, and returns whether it did.

/// Digits, with '-' in front of negative values of signed types.
template <std::integral T>
bool parse_integer(std::string_view text, T* value) {
  // Eighteen digits cannot overflow 64 bits; longer texts are rare and left to the library.
  constexpr size_t kSafeDigits = 18;
  const bool negative = std::is_signed_v<T> && !text.empty() && text.front() == '-';
  const std::string_view digits = text.substr(negative ? 1 : 0);
  if (digits.empty()) return false;
  if (digits.size() > kSafeDigits) {
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, *value);
    return error == std::errc() && stop == end;
  }
  int64_t magnitude = 0;
  for (const char c : digits) {
    const auto digit = static_cast<unsigned char>(c - '0');
    if (digit > 9) return false;
    magnitude = magnitude * 10 + digit;
  }
  const int64_t result = negative ? -magnitude : magnitude;
  if constexpr (sizeof(T) < sizeof(int64_t)) {
    if (result < std::numeric_limits<T>::min() || result > std::numeric_limits<T>::max())
      return false;
  }
  *value = static_cast<T>(result);
  return true;
}

/// Decimal floating point, NaN, INF, -INF, nan, inf or -inf; the nearest value of the type.
bool parse_float(std::string_view text, double* value);
bool parse_float(std::string_view text, float* value);

/// The same for the bits of a half float.
bool parse_half_float(std::string_view text, uint16_t* bits);

bool parse_bool(std::string_view text, bool* value);

/// YYYY-MM-DD, or a signed year of more digits, as days since 1970-01-01.
bool parse_date(std::string_view text, int64_t* days);

/// HH:MM:SS with at most `digits` digits of fraction, in 10^-digits seconds since midnight.
bool parse_time_of_day(std::string_view text, int digits, int64_t* time);

/// Date, 'T' or a space, and time of day, in 10^-digits seconds since 1970-01-01T00:00:00. Zoned
/// ones end in 'Z' or an offset from UTC such as -03:00; others must not.
bool parse_timestamp(std::string_view text, int digits, bool zoned, int64_t* time);

/// The unscaled integer, in digits, of a decimal with `scale` digits after the point: zeros are
/// added, or taken off for a negative scale, but no digit that counts is dropped.
///
/// Errors   false for more than `precision` digits.
class UnscaledDigits {
 public:
  bool parse(std::string_view text, int32_t precision, int32_t scale);

  /// '-' and digits without leading zeros; "0" for zero.
  std::string_view text() const { return {buffer_.data(), size_}; }

 private:
  bool push(std::string_view digits);

  // The most digits of a decimal256, and a sign.
  std::array<char, 77> buffer_;
  size_t size_ = 0;
  size_t sign_ = 0;
};

template <typename Decimal>
bool parse_decimal(std::string_view text, int32_t precision, int32_t scale, Decimal* value) {
  UnscaledDigits digits;
  if (!digits.parse(text, precision, scale)) return false;
  int64_t narrow = 0;
  if (digits.text().size() <= 18 && parse_integer(digits.text(), &narrow)) {
    if constexpr (sizeof(Decimal) == sizeof(int32_t)) {
      *value = Decimal(static_cast<int32_t>(narrow));
    } else {
      *value = Decimal(narrow);
    }
    return true;
  }
  return Decimal::FromString(digits.text(), value, nullptr, nullptr).ok();
}

/// RFC 4648 §4, with padding, appended to `bytes`.
bool parse_base64(std::string_view text, std::string* bytes);

}  // namespace cairn::formats
