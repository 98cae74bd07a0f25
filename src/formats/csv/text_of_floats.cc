#include "formats/csv/text_of_floats.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <string_view>

#include "formats/csv/text_of_integers.h"

namespace cairn::formats {
namespace {

__extension__ using Wide = unsigned __int128;

struct Bits128 {
  uint64_t high;
  uint64_t low;
};

// The leading 128 bits of powers of ten, rounded up: ceil(10^k x 2^s) with the s that makes the top
// bit one. Worked out once, exactly, instead of carried as a table of 1,234 numbers.
class PowersOfTen {
 public:
  static constexpr int kMin = -292;
  static constexpr int kMax = 324;

  PowersOfTen() {
    Big positive{};
    positive[0] = 1;
    for (int k = 0; k <= kMax; ++k) {
      powers_[k - kMin] = leading_bits(positive, false);
      multiply_by_ten(positive);
    }
    // Dividing the rounded-down quotient again rounds as one division by the product would, so this
    // stays exact to the last of some 2,300 bits.
    Big negative{};
    negative[kWords - 1] = uint64_t{1} << 63;
    for (int k = 0; k >= kMin; --k) {
      powers_[k - kMin] = leading_bits(negative, k < 0);
      divide_by_ten(negative);
    }
  }

  Bits128 operator[](int k) const { return powers_[k - kMin]; }

 private:
  static constexpr int kWords = 36;
  using Big = std::array<uint64_t, kWords>;  // least significant word first

  static void multiply_by_ten(Big& number) {
    Wide carry = 0;
    for (uint64_t& word : number) {
      carry += Wide{word} * 10;
      word = static_cast<uint64_t>(carry);
      carry >>= 64;
    }
  }

  static void divide_by_ten(Big& number) {
    Wide rest = 0;
    for (auto word = number.rbegin(); word != number.rend(); ++word) {
      rest = (rest << 64) | *word;
      *word = static_cast<uint64_t>(rest / 10);
      rest %= 10;
    }
  }

  static Bits128 leading_bits(const Big& number, bool is_cut_off) {
    int top = kWords - 1;
    while (number[top] == 0) --top;
    const int shift = std::countl_zero(number[top]);
    const auto word = [&](int at) { return at >= 0 ? number[at] : 0; };
    const auto shifted = [&](int at) {
      return shift == 0 ? word(at) : (word(at) << shift) | (word(at - 1) >> (64 - shift));
    };
    bool is_exact = !is_cut_off && shifted(top - 2) == 0;
    for (int at = top - 3; at >= 0; --at) is_exact = is_exact && number[at] == 0;
    const Wide bits = ((Wide{shifted(top)} << 64) | shifted(top - 1)) + (is_exact ? 0 : 1);
    return {static_cast<uint64_t>(bits >> 64), static_cast<uint64_t>(bits)};
  }

  std::array<Bits128, kMax - kMin + 1> powers_;
};

const PowersOfTen& powers_of_ten() {
  static const PowersOfTen powers;
  return powers;
}

// floor(log2(10^k)), and floor(log10(2^q)) or floor(log10(3/4 x 2^q)): exact in the range of
// doubles.
int floor_log2_of_power_of_ten(int k) {
  return (k * 1741647) >> 19;
}

int floor_log10_of_power_of_two(int q, bool three_quarters) {
  return (q * 1262611 - (three_quarters ? 524031 : 0)) >> 22;
}

// The top of g x cp, with the last bit set when anything below was not zero.
uint64_t round_to_odd(Bits128 g, uint64_t cp) {
  const Wide low = Wide{g.low} * cp;
  const Wide high = Wide{g.high} * cp + static_cast<uint64_t>(low >> 64);
  return static_cast<uint64_t>(high >> 64) | (static_cast<uint64_t>(high) > 1 ? 1 : 0);
}

ShortestDecimal without_zeros(uint64_t digits, int exponent) {
  while (digits % 100 == 0 && digits != 0) {
    digits /= 100;
    exponent += 2;
  }
  if (digits % 10 == 0 && digits != 0) {
    digits /= 10;
    exponent += 1;
  }
  return {digits, exponent};
}

char* write_text(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

// d x 10^exponent, plain between 1e-4 and 1e16, else scientific.
char* write_decimal(char* out, ShortestDecimal decimal) {
  char digits[kMaxIntegerText];
  const int count = static_cast<int>(write_integer(digits, decimal.digits) - digits);
  const int point = count + decimal.exponent;  // digits before the decimal point
  if (point < -3 || point > 16) {
    *out++ = digits[0];
    if (count > 1) {
      *out++ = '.';
      out = write_text(out, {digits + 1, static_cast<size_t>(count - 1)});
    }
    const int exponent = point - 1;
    *out++ = 'e';
    *out++ = exponent < 0 ? '-' : '+';
    const uint32_t magnitude = static_cast<uint32_t>(std::abs(exponent));
    return write_padded(out, magnitude, magnitude < 100 ? 2 : 3);
  }
  if (point <= 0) {
    out = write_text(out, {"0.000", static_cast<size_t>(2 - point)});
    return write_text(out, {digits, static_cast<size_t>(count)});
  }
  if (point < count) {
    out = write_text(out, {digits, static_cast<size_t>(point)});
    *out++ = '.';
    return write_text(out, {digits + point, static_cast<size_t>(count - point)});
  }
  out = write_text(out, {digits, static_cast<size_t>(count)});
  std::memset(out, '0', static_cast<size_t>(point - count));
  return write_text(out + (point - count), ".0");
}

// IEEE 754 binary16, binary32 or binary64, from its bits.
template <int kSignificandBits, int kExponentBits>
char* write_binary(char* out, uint64_t bits) {
  constexpr uint64_t kHidden = uint64_t{1} << kSignificandBits;
  constexpr int kMaxExponent = (1 << kExponentBits) - 1;
  constexpr int kBias = kMaxExponent / 2 + kSignificandBits;

  const uint64_t significand = bits & (kHidden - 1);
  const int exponent = static_cast<int>(bits >> kSignificandBits) & kMaxExponent;
  const bool is_negative = (bits >> (kSignificandBits + kExponentBits)) != 0;
  if (exponent == kMaxExponent && significand != 0) return write_text(out, "NaN");
  if (is_negative) *out++ = '-';
  if (exponent == kMaxExponent) return write_text(out, "INF");
  if (exponent == 0 && significand == 0) return write_text(out, "0.0");
  if (exponent == 0) return write_decimal(out, shortest_decimal(significand, 1 - kBias, false));
  return write_decimal(out, shortest_decimal(significand | kHidden, exponent - kBias,
                                             significand == 0 && exponent > 1));
}

}  // namespace

// Names as in the paper: the value is c x 2^q, its neighbours' midpoints are cbl and cbr (times
// 2^(q-2)), and 10^k is the largest power of ten within the interval between them.
ShortestDecimal shortest_decimal(uint64_t significand, int exponent, bool closer_below) {
  const bool excludes_bounds = significand % 2 != 0;  // ties round to even
  const int k = floor_log10_of_power_of_two(exponent, closer_below);
  const int h = exponent + floor_log2_of_power_of_ten(-k) + 1;
  const Bits128 g = powers_of_ten()[-k];

  const uint64_t cb = 4 * significand;
  const uint64_t cbl = cb - 2 + (closer_below ? 1 : 0);
  const uint64_t cbr = cb + 2;
  const uint64_t lower = round_to_odd(g, cbl << h) + (excludes_bounds ? 1 : 0);
  const uint64_t value = round_to_odd(g, cb << h);
  const uint64_t upper = round_to_odd(g, cbr << h) - (excludes_bounds ? 1 : 0);

  const uint64_t s = value / 4;
  if (s >= 10) {
    const uint64_t tens = s / 10;
    const bool below_is_in = lower <= 40 * tens;
    const bool above_is_in = 40 * tens + 40 <= upper;
    if (below_is_in != above_is_in) return without_zeros(tens + (above_is_in ? 1 : 0), k + 1);
  }
  const bool below_is_in = lower <= 4 * s;
  const bool above_is_in = 4 * s + 4 <= upper;
  if (below_is_in != above_is_in) return without_zeros(s + (above_is_in ? 1 : 0), k);
  const uint64_t middle = 4 * s + 2;
  const bool rounds_up = value > middle || (value == middle && s % 2 != 0);
  return without_zeros(s + (rounds_up ? 1 : 0), k);
}

char* write_float(char* out, double value) {
  return write_binary<52, 11>(out, std::bit_cast<uint64_t>(value));
}

char* write_float(char* out, float value) {
  return write_binary<23, 8>(out, std::bit_cast<uint32_t>(value));
}

char* write_half(char* out, uint16_t bits) {
  return write_binary<10, 5>(out, bits);
}

// A decimal n/100 or n/10000 with n of at most 15 digits that rounds to the value is its shortest
// text once zeros at the end are gone: two such decimals never round to the same double, and n and
// the divisor are exact, so that one division tells.
char* write_few_decimals(char* out, double value) {
  const double magnitude = std::fabs(value);
  if (!(magnitude < 1e11)) return nullptr;  // NaN too
  if (std::signbit(value)) *out++ = '-';

  // The rounding may be off by one for long numbers; the divisions find that out.
  // NOLINTBEGIN(bugprone-incorrect-roundings)
  const auto hundredths = static_cast<uint64_t>(magnitude * 100 + 0.5);
  if (static_cast<double>(hundredths) / 100 == magnitude) {
    out = write_integer(out, hundredths / 100);
    const auto fraction = static_cast<uint32_t>(hundredths % 100);
    *out++ = '.';
    write_two_digits(out, fraction);
    return out + (fraction % 10 == 0 ? 1 : 2);
  }
  const auto parts = static_cast<uint64_t>(magnitude * 10000 + 0.5);
  // NOLINTEND(bugprone-incorrect-roundings)
  if (static_cast<double>(parts) / 10000 != magnitude) return nullptr;
  out = write_integer(out, parts / 10000);
  *out++ = '.';
  out = write_padded(out, parts % 10000, 4);
  return out[-1] == '0' ? out - 1 : out;
}

}  // namespace cairn::formats
