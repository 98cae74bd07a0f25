#include "formats/csv/values_of_text.h"

#include <arrow/util/float16.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace cairn::formats {
namespace {

bool is_digit(char c) {
  return static_cast<unsigned char>(c - '0') <= 9;
}

// The value of exactly these digits, at most 18; -1 where one is none.
int64_t digits_of(std::string_view digits) {
  int64_t value = 0;
  for (const char c : digits) {
    if (!is_digit(c)) return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

constexpr std::array<int64_t, 10> kPowersOfTen = {
    1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};

// What can be computed exactly: a mantissa and a power of ten that the type holds, one rounding in
// the product (W. D. Clinger, "How to Read Floating Point Numbers Accurately", 1990).
template <typename Float>
struct ExactRange;

template <>
struct ExactRange<double> {
  static constexpr uint64_t kMantissa = uint64_t{1} << 53;
  static constexpr std::array kPowers = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                         1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                         1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
};

template <>
struct ExactRange<float> {
  static constexpr uint64_t kMantissa = uint64_t{1} << 24;
  static constexpr std::array kPowers = {1e0F, 1e1F, 1e2F, 1e3F, 1e4F, 1e5F,
                                         1e6F, 1e7F, 1e8F, 1e9F, 1e10F};
};

// A decimal number taken apart: +-mantissa * 10^exponent, where `exact` says no digit was left out.
struct Scientific {
  bool negative = false;
  uint64_t mantissa = 0;
  int exponent = 0;
  bool exact = true;
};

class ScientificReader {
 public:
  explicit ScientificReader(std::string_view text)
      : at_(text.data()), end_(text.data() + text.size()) {}

  bool read(Scientific* number) {
    number->negative = skip('-');
    const size_t whole = read_digits(number);
    const size_t fraction = skip('.') ? read_digits(number) : 0;
    if (whole + fraction == 0) return false;
    number->exponent = -static_cast<int>(std::min<size_t>(fraction, 100'000));
    number->exact = whole + fraction <= 19;
    if (skip('e') || skip('E')) {
      const bool negative = skip('-');
      if (!negative) skip('+');
      if (!read_exponent(number, negative)) return false;
    }
    return at_ == end_;
  }

 private:
  bool skip(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  // Nineteen digits fit 64 bits; a wrong mantissa of more is never used.
  size_t read_digits(Scientific* number) {
    const char* begin = at_;
    for (; at_ != end_ && is_digit(*at_); ++at_)
      number->mantissa = number->mantissa * 10 + static_cast<uint64_t>(*at_ - '0');
    return static_cast<size_t>(at_ - begin);
  }

  bool read_exponent(Scientific* number, bool negative) {
    const char* begin = at_;
    int exponent = 0;
    for (; at_ != end_ && is_digit(*at_); ++at_)
      exponent = std::min(exponent * 10 + (*at_ - '0'), 100'000);
    number->exponent += negative ? -exponent : exponent;
    return at_ != begin;
  }

  const char* at_;
  const char* end_;
};

// The words of docs/formats.md, and those that most other writers use.
template <typename Float>
bool parse_special(std::string_view text, Float* value) {
  using Limits = std::numeric_limits<Float>;
  if (text == "NaN" || text == "nan") {
    *value = Limits::quiet_NaN();
  } else if (text == "INF" || text == "inf") {
    *value = Limits::infinity();
  } else if (text == "-INF" || text == "-inf") {
    *value = -Limits::infinity();
  } else {
    return false;
  }
  return true;
}

template <typename Float>
bool parse_floating(std::string_view text, Float* value) {
  using Exact = ExactRange<Float>;
  Scientific number;
  if (!ScientificReader(text).read(&number)) return parse_special(text, value);
  const auto power = static_cast<size_t>(std::abs(number.exponent));
  if (number.exact && number.mantissa <= Exact::kMantissa && power < Exact::kPowers.size()) {
    auto result = static_cast<Float>(number.mantissa);
    result = number.exponent < 0 ? result / Exact::kPowers[power] : result * Exact::kPowers[power];
    *value = number.negative ? -result : result;
    return true;
  }
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, *value);
  return error == std::errc() && stop == end;
}

// The value of two digits; 100 or more where one is none.
uint32_t two_digits(const char* text) {
  const auto tens = static_cast<unsigned char>(text[0] - '0');
  const auto ones = static_cast<unsigned char>(text[1] - '0');
  return tens > 9 || ones > 9 ? 100 : tens * 10U + ones;
}

// Days from 1970-01-01 in the proleptic Gregorian calendar; years begin in March here, which puts
// the leap day last (C. Neri and L. Schneider, "Euclidean Affine Functions and their Application to
// Calendar Algorithms", 2022).
int64_t days_from_civil(int64_t year, uint32_t month, uint32_t day) {
  const bool is_next_year = month <= 2;
  year -= is_next_year ? 1 : 0;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const auto year_of_era = static_cast<uint32_t>(year - era * 400);
  const uint32_t century = year_of_era / 100;
  const uint32_t days_before_year = 1461 * year_of_era / 4 - century + century / 4;
  const uint32_t days_before_month = (979 * (is_next_year ? month + 12 : month) - 2919) / 32;
  return era * 146097 + days_before_year + days_before_month + day - 1 - 719468;
}

uint32_t days_in_month(int64_t year, uint32_t month) {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

constexpr size_t kMonthAndDay = 6;     // -MM-DD
constexpr size_t kMaxYearDigits = 12;  // 64-bit seconds reach the year 292277026596

// YYYY-MM-DD: eight bytes at once, then the day.
bool read_short_date(const char* text, int64_t* year, uint32_t* month, uint32_t* day) {
  static_assert(std::endian::native == std::endian::little);
  uint64_t bytes = 0;
  std::memcpy(&bytes, text, sizeof bytes);
  bytes ^= 0x2D30'302D'3030'3030;  // "0000-00-", which leaves digits, and zeros between them
  const uint64_t above_nine = (bytes + 0x7676'7676'7676'7676) | bytes;
  if ((above_nine & 0x8080'8080'8080'8080) != 0 || (bytes & 0xFF00'00FF'0000'0000) != 0)
    return false;
  const uint64_t pairs = bytes * 10 + (bytes >> 8);  // tens and ones, at the bytes of the tens
  *year = static_cast<int64_t>((pairs & 0xFF) * 100 + (pairs >> 16 & 0xFF));
  *month = static_cast<uint32_t>(pairs >> 40 & 0xFF);
  *day = two_digits(text + 8);
  return true;
}

// A year with a sign, of four digits or more.
bool read_signed_date(std::string_view text, int64_t* year, uint32_t* month, uint32_t* day) {
  const bool negative = text.starts_with('-');
  if (!negative && !text.starts_with('+')) return false;
  text.remove_prefix(1);
  if (text.size() < 4 + kMonthAndDay || text.size() > kMaxYearDigits + kMonthAndDay) return false;
  const size_t year_digits = text.size() - kMonthAndDay;
  const int64_t magnitude = digits_of(text.substr(0, year_digits));
  const char* rest = text.data() + year_digits;
  if (magnitude < 0 || rest[0] != '-' || rest[3] != '-') return false;
  *year = negative ? -magnitude : magnitude;
  *month = two_digits(rest + 1);
  *day = two_digits(rest + 4);
  return true;
}

// The bytes of the date at the front of `text`; 0 where there is none.
size_t date_bytes(std::string_view text) {
  const size_t year_ends = text.find('-', 1);
  return year_ends == std::string_view::npos ? 0 : std::min(text.size(), year_ends + kMonthAndDay);
}

// Takes "Z" or an offset such as +02, +0200 or +02:00 off the end of `text`.
bool take_offset(std::string_view* text, int64_t* seconds) {
  *seconds = 0;
  if (text->ends_with('Z')) {
    text->remove_suffix(1);
    return true;
  }
  const size_t sign = text->find_last_of("+-");
  if (sign == std::string_view::npos) return false;
  const std::string_view offset = text->substr(sign + 1);
  const std::string_view minutes = offset.size() == 5 && offset[2] == ':' ? offset.substr(3)
                                   : offset.size() == 4                   ? offset.substr(2)
                                                                          : "00";
  if (offset.size() != 2 && offset.size() != 4 && offset.size() != 5) return false;
  const int64_t hour = digits_of(offset.substr(0, 2));
  const int64_t minute = digits_of(minutes);
  if (minutes.size() != 2 || hour < 0 || hour > 23 || minute < 0 || minute > 59) return false;
  *seconds = ((*text)[sign] == '-' ? -1 : 1) * (hour * 3600 + minute * 60);
  text->remove_suffix(offset.size() + 1);
  return true;
}

constexpr std::array<int8_t, 256> base64_values() {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<int8_t, 256> values{};
  values.fill(-1);
  for (size_t i = 0; i < kAlphabet.size(); ++i)
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<int8_t>(i);
  return values;
}

}  // namespace

bool parse_float(std::string_view text, double* value) {
  return parse_floating(text, value);
}

bool parse_float(std::string_view text, float* value) {
  return parse_floating(text, value);
}

bool parse_half_float(std::string_view text, uint16_t* bits) {
  double value = 0;
  if (!parse_float(text, &value)) return false;
  const auto half = arrow::util::Float16::FromDouble(value);
  if (half.is_infinity() && !std::isinf(value)) return false;
  *bits = half.bits();
  return true;
}

bool parse_bool(std::string_view text, bool* value) {
  *value = text == "true";
  return *value || text == "false";
}

bool parse_date(std::string_view text, int64_t* days) {
  int64_t year = 0;
  uint32_t month = 0;
  uint32_t day = 0;
  const bool found = text.size() == 10 && is_digit(text[0])
                         ? read_short_date(text.data(), &year, &month, &day)
                         : read_signed_date(text, &year, &month, &day);
  if (!found || month < 1 || month > 12) return false;
  if (day < 1 || (day > 28 && day > days_in_month(year, month))) return false;
  *days = days_from_civil(year, month, day);
  return true;
}

bool parse_time_of_day(std::string_view text, int digits, int64_t* time) {
  if (text.size() < 8 || text[2] != ':' || text[5] != ':') return false;
  const int64_t hour = digits_of(text.substr(0, 2));
  const int64_t minute = digits_of(text.substr(3, 2));
  const int64_t second = digits_of(text.substr(6, 2));
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return false;
  int64_t fraction = 0;
  if (text.size() > 8) {
    const std::string_view written = text.substr(9);
    if (text[8] != '.' || written.empty() || written.size() > static_cast<size_t>(digits))
      return false;
    fraction = digits_of(written);
    if (fraction < 0) return false;
    fraction *= kPowersOfTen[static_cast<size_t>(digits) - written.size()];
  }
  *time =
      (hour * 3600 + minute * 60 + second) * kPowersOfTen[static_cast<size_t>(digits)] + fraction;
  return true;
}

bool parse_timestamp(std::string_view text, int digits, bool zoned, int64_t* time) {
  const size_t split = date_bytes(text);
  if (split == 0 || split >= text.size() || (text[split] != 'T' && text[split] != ' '))
    return false;
  std::string_view clock = text.substr(split + 1);
  int64_t offset = 0;
  if (zoned && !take_offset(&clock, &offset)) return false;
  int64_t days = 0;
  int64_t of_day = 0;
  if (!parse_date(text.substr(0, split), &days) || !parse_time_of_day(clock, digits, &of_day))
    return false;
  const int64_t per_second = kPowersOfTen[static_cast<size_t>(digits)];
  const int64_t per_day = 86400 * per_second;
  of_day -= offset * per_second;
  // Towards zero by a day, so that the product does not overflow where the sum would not.
  if (days < 0) {
    ++days;
    of_day -= per_day;
  }
  int64_t midnight = 0;
  return !__builtin_mul_overflow(days, per_day, &midnight) &&
         !__builtin_add_overflow(midnight, of_day, time);
}

bool UnscaledDigits::push(std::string_view digits) {
  for (const char c : digits) {
    if (!is_digit(c)) return false;
    if (c == '0' && size_ == sign_) continue;
    if (size_ == buffer_.size()) return false;
    buffer_[size_++] = c;
  }
  return true;
}

bool UnscaledDigits::parse(std::string_view text, int32_t precision, int32_t scale) {
  size_ = 0;
  if (text.starts_with('-')) {
    buffer_[size_++] = '-';
    text.remove_prefix(1);
  }
  sign_ = size_;
  const size_t point = text.find('.');
  std::string_view whole = text.substr(0, point);
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (whole.empty() || (point != std::string_view::npos && fraction.empty())) return false;
  if (scale < 0 && fraction.empty()) {
    const size_t zeros = whole.size() - 1 - std::min(whole.size() - 1, whole.find_last_not_of('0'));
    const auto dropped = static_cast<size_t>(-scale);
    if (zeros < dropped && whole.find_first_not_of('0') != std::string_view::npos) return false;
    whole.remove_suffix(std::min(whole.size(), dropped));
  }
  const size_t kept = static_cast<size_t>(std::max(scale, 0));
  if (fraction.size() > kept || !push(whole) || !push(fraction)) return false;
  for (size_t i = fraction.size(); i < kept; ++i) {
    if (!push("0")) return false;
  }
  if (size_ - sign_ > static_cast<size_t>(precision)) return false;
  if (size_ > sign_) return true;
  buffer_[0] = '0';
  size_ = 1;
  return true;
}

bool parse_base64(std::string_view text, std::string* bytes) {
  static constexpr std::array<int8_t, 256> kValues = base64_values();
  if (text.size() % 4 != 0) return false;
  const size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  uint32_t bits = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool pad = i >= text.size() - padding;
    const int8_t value = pad ? int8_t{0} : kValues[static_cast<unsigned char>(text[i])];
    if (value < 0) return false;
    bits = (bits << 6) | static_cast<uint32_t>(value);
    if (i % 4 != 3) continue;
    const size_t whole = i + 1 == text.size() ? 3 - padding : 3;
    // Bits under the padding that are not zero would be another text of the same bytes.
    if (whole < 3 && (bits & ((1U << (8 * (3 - whole))) - 1)) != 0) return false;
    for (size_t byte = 0; byte < whole; ++byte)
      bytes->push_back(static_cast<char>(bits >> (16 - 8 * byte)));
    bits = 0;
  }
  return true;
}

}  // namespace cairn::formats
