#include <gtest/gtest.h>

#include <bit>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>

#include <arrow/util/float16.h>
#include <fmt/format.h>

#include "formats/csv/text_of_bytes.h"
#include "formats/csv/text_of_decimals.h"
#include "formats/csv/text_of_floats.h"
#include "formats/csv/text_of_integers.h"
#include "formats/csv/text_of_times.h"
#include "formats/csv/values_of_text.h"

namespace cairn::formats {
namespace {

constexpr int kRandomValues = 300'000;

template <typename Float>
std::string text_of(Float value) {
  char text[kMaxFloatText];
  return {text, write_float(text, value)};
}

std::string text_of_half(uint16_t bits) {
  char text[kMaxFloatText];
  return {text, write_half(text, bits)};
}

std::string text_of_few_decimals(double value) {
  char text[kMaxFloatText];
  char* end = write_few_decimals(text, value);
  return end == nullptr ? "" : std::string(text, end);
}

template <typename Integer>
std::string text_of_integer(Integer value) {
  char text[kMaxIntegerText];
  return {text, write_integer(text, value)};
}

std::string date(int64_t days) {
  char text[kMaxDateText];
  return {text, write_date(text, days)};
}

std::string timestamp(int64_t time, int digits) {
  char text[kMaxTimestampText];
  return {text, write_timestamp(text, time, digits)};
}

std::string decimal(std::string_view unscaled, int32_t scale) {
  std::string text(static_cast<size_t>(max_decimal_text(scale)), ' ');
  text.resize(static_cast<size_t>(write_decimal(text.data(), unscaled, scale) - text.data()));
  return text;
}

std::string base64(std::string_view bytes) {
  std::string text(base64_size(bytes.size()), ' ');
  EXPECT_EQ(write_base64(text.data(), bytes), text.data() + text.size());
  return text;
}

template <typename Float>
Float read(std::string_view text) {
  Float value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// "0.001", "1e-03" and "1000e-06" to the same digits and exponent.
std::string significant_digits(std::string_view text) {
  std::string digits;
  for (const char c : text.substr(0, text.find('e')))
    if (c >= '0' && c <= '9') digits += c;
  digits.erase(0, digits.find_first_not_of('0'));
  digits.erase(digits.find_last_not_of('0') + 1);
  return digits;
}

template <typename Float>
void expect_same_as_standard_library(Float value) {
  char standard[64];
  const auto end = std::to_chars(standard, standard + sizeof standard, value).ptr;
  const std::string ours = text_of(value);
  ASSERT_EQ(read<Float>(ours), value) << ours;
  ASSERT_EQ(std::signbit(read<Float>(ours)), std::signbit(value)) << ours;
  // The standard library writes large integers exactly, with more digits than needed.
  if (std::fabs(value) < Float{1e7}) {
    ASSERT_EQ(significant_digits(ours), significant_digits({standard, end})) << ours;
  }
}

template <typename Float, typename Bits>
void expect_random_bits_to_read_back() {
  std::mt19937_64 random(1);
  for (int i = 0; i < kRandomValues; ++i) {
    const auto value = std::bit_cast<Float>(static_cast<Bits>(random()));
    if (std::isfinite(value)) expect_same_as_standard_library(value);
  }
}

TEST(TextOfFloats, ReadsBackAsTheSameDoubleWithTheDigitsOfTheStandardLibrary) {
  expect_random_bits_to_read_back<double, uint64_t>();
}

TEST(TextOfFloats, ReadsBackAsTheSameFloatWithTheDigitsOfTheStandardLibrary) {
  expect_random_bits_to_read_back<float, uint32_t>();
}

TEST(TextOfFloats, ReadsBackAtEveryPowerOfTwoAndItsNeighbours) {
  for (uint64_t exponent = 0; exponent < 2047; ++exponent) {
    for (const int64_t step : {-1, 0, 1}) {
      const uint64_t bits = (exponent << 52) + static_cast<uint64_t>(step);
      const auto value = std::bit_cast<double>(bits);
      if (std::isfinite(value)) expect_same_as_standard_library(value);
    }
  }
}

TEST(TextOfFloats, ReadsBackAtEveryPowerOfTenAndItsNeighbours) {
  for (int exponent = -323; exponent <= 308; ++exponent) {
    const auto power = read<double>("1e" + std::to_string(exponent));
    expect_same_as_standard_library(power);
    expect_same_as_standard_library(std::nextafter(power, 0.0));
    expect_same_as_standard_library(std::nextafter(power, HUGE_VAL));
  }
}

TEST(TextOfFloats, ReadsBackAsTheSameHalfForEveryHalf) {
  for (uint32_t bits = 0; bits <= 0xFFFF; ++bits) {
    const auto half = arrow::util::Float16::FromBits(static_cast<uint16_t>(bits));
    if (!half.is_finite()) continue;
    const std::string text = text_of_half(half.bits());
    ASSERT_EQ(arrow::util::Float16::FromDouble(read<double>(text)).bits(), half.bits()) << text;
    ASSERT_LE(significant_digits(text).size(), 5U) << text;
  }
}

TEST(TextOfFloats, WritesHalfsWithTheirOwnFewDigits) {
  EXPECT_EQ(text_of_half(arrow::util::Float16::FromDouble(0.1).bits()), "0.1");
  EXPECT_EQ(text_of_half(arrow::util::Float16::FromDouble(65504).bits()), "65500.0");
}

TEST(TextOfFloats, WritesPlainDecimalsFromTenThousandthsToSixteenDigits) {
  EXPECT_EQ(text_of(0.1), "0.1");
  EXPECT_EQ(text_of(1.0), "1.0");
  EXPECT_EQ(text_of(-12.5), "-12.5");
  EXPECT_EQ(text_of(0.0001), "0.0001");
  EXPECT_EQ(text_of(0.00012345), "0.00012345");
  EXPECT_EQ(text_of(123456789012345.6), "123456789012345.6");
  EXPECT_EQ(text_of(9999999999999998.0), "9999999999999998.0");
  EXPECT_EQ(text_of(1e15), "1000000000000000.0");
}

TEST(TextOfFloats, WritesAnExponentBeyondPlainDecimals) {
  EXPECT_EQ(text_of(1e16), "1e+16");
  EXPECT_EQ(text_of(0.00001), "1e-05");
  EXPECT_EQ(text_of(1.5e300), "1.5e+300");
  EXPECT_EQ(text_of(5e-324), "5e-324");
  EXPECT_EQ(text_of(-1.7976931348623157e308), "-1.7976931348623157e+308");
  EXPECT_EQ(text_of(3.4028235e38F), "3.4028235e+38");
}

TEST(TextOfFloats, KeepsTheSignOfZeroAndNamesWhatIsNoNumber) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(text_of(0.0), "0.0");
  EXPECT_EQ(text_of(-0.0), "-0.0");
  EXPECT_EQ(text_of(kInfinity), "INF");
  EXPECT_EQ(text_of(-kInfinity), "-INF");
  EXPECT_EQ(text_of(std::nan("")), "NaN");
  EXPECT_EQ(text_of(-std::nan("7")), "NaN");
}

TEST(TextOfFloats, WritesFewDecimalsAsTheGeneralWayWould) {
  std::mt19937_64 random(2);
  for (int i = 0; i < kRandomValues; ++i) {
    const auto digits = static_cast<double>(random() >> (14 + random() % 50));
    for (const double divisor : {1.0, 10.0, 100.0, 1000.0, 10000.0, 100000.0}) {
      const double value = (random() % 2 == 0 ? 1 : -1) * digits / divisor;
      const std::string fast = text_of_few_decimals(value);
      if (!fast.empty()) {
        ASSERT_EQ(fast, text_of(value));
      }
    }
  }
}

TEST(TextOfFloats, LeavesLongDecimalsAndLargeNumbersToTheGeneralWay) {
  for (const double value : {0.1, 2.5, 1234.5678, -0.0, 99999999999.0})
    EXPECT_EQ(text_of_few_decimals(value), text_of(value));
  for (const double value : {1e11, 0.00001, 1.0 / 3, std::nan(""), HUGE_VAL})
    EXPECT_EQ(text_of_few_decimals(value), "");
}

TEST(TextOfIntegers, WritesEveryNumberOfDigits) {
  EXPECT_EQ(text_of_integer(int64_t{0}), "0");
  for (const uint64_t power : kPowersOfTen) {
    EXPECT_EQ(text_of_integer(power), std::to_string(power));
    EXPECT_EQ(text_of_integer(power - 1), std::to_string(power - 1));
  }
  EXPECT_EQ(text_of_integer(std::numeric_limits<int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(text_of_integer(std::numeric_limits<uint64_t>::max()), "18446744073709551615");
}

TEST(TextOfTimes, WritesDatesOfTheProlepticGregorianCalendar) {
  EXPECT_EQ(date(0), "1970-01-01");
  EXPECT_EQ(date(-1), "1969-12-31");
  EXPECT_EQ(date(19782), "2024-02-29");
  EXPECT_EQ(date(11016), "2000-02-29");
  EXPECT_EQ(date(-25509), "1900-02-28");
  EXPECT_EQ(date(-25508), "1900-03-01");
}

TEST(TextOfTimes, AgreesWithTheStandardLibraryOnEveryDayOfFourCenturies) {
  for (int64_t days = -100'000; days < 46'097; ++days) {
    const std::chrono::year_month_day expected{std::chrono::sys_days(std::chrono::days(days))};
    const std::string text = date(days);
    ASSERT_EQ(text, fmt::format("{:04}-{:02}-{:02}", int{expected.year()},
                                unsigned{expected.month()}, unsigned{expected.day()}));
    int64_t parsed = 0;
    ASSERT_TRUE(parse_date(text, &parsed)) << text;
    ASSERT_EQ(parsed, days);
  }
}

TEST(TextOfTimes, AreReadBackFromAnyYear) {
  for (int64_t days = -400'000'000'000; days < 400'000'000'000; days += 999'999'937) {
    int64_t parsed = 0;
    ASSERT_TRUE(parse_date(date(days), &parsed)) << date(days);
    ASSERT_EQ(parsed, days);
  }
}

TEST(TextOfTimes, AreRefusedWithAnyOtherByte) {
  int64_t days = 0;
  const std::string good = "2024-02-29";
  for (size_t at = 0; at < good.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = good;
      text[at] = static_cast<char>(byte);
      const bool is_separator = good[at] == '-';
      const bool fits = is_separator ? text == good : byte >= '0' && byte <= '9';
      if (fits) continue;
      ASSERT_FALSE(parse_date(text, &days)) << at << ' ' << byte;
    }
  }
  for (const char* text : {"2023-02-29", "2024-13-01", "2024-00-10", "2024-04-31", "2024-01-00"})
    EXPECT_FALSE(parse_date(text, &days)) << text;
}

TEST(TextOfTimes, GivesYearsOutsideFourDigitsASign) {
  EXPECT_EQ(date(2932896), "9999-12-31");
  EXPECT_EQ(date(2932897), "+10000-01-01");
  EXPECT_EQ(date(-719528), "0000-01-01");
  EXPECT_EQ(date(-719529), "-0001-12-31");
  EXPECT_EQ(date(std::numeric_limits<int32_t>::max()), "+5881580-07-11");
  EXPECT_EQ(date(std::numeric_limits<int32_t>::min()), "-5877641-06-23");
}

TEST(TextOfTimes, WritesDigitsOfFractionByUnit) {
  EXPECT_EQ(timestamp(0, 0), "1970-01-01T00:00:00");
  EXPECT_EQ(timestamp(1, 3), "1970-01-01T00:00:00.001");
  EXPECT_EQ(timestamp(86'399'999'999, 6), "1970-01-01T23:59:59.999999");
  EXPECT_EQ(timestamp(1, 9), "1970-01-01T00:00:00.000000001");
}

TEST(TextOfTimes, CountsBackwardsFromTheEpochInWholeDays) {
  EXPECT_EQ(timestamp(-1, 0), "1969-12-31T23:59:59");
  EXPECT_EQ(timestamp(-1, 9), "1969-12-31T23:59:59.999999999");
  EXPECT_EQ(timestamp(-86400, 0), "1969-12-31T00:00:00");
}

TEST(TextOfTimes, WritesTheExtremesOfEveryUnit) {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(timestamp(kMin, 9), "1677-09-21T00:12:43.145224192");
  EXPECT_EQ(timestamp(kMax, 9), "2262-04-11T23:47:16.854775807");
  EXPECT_EQ(timestamp(kMax, 0), "+292277026596-12-04T15:30:07");
  EXPECT_EQ(timestamp(kMin, 0), "-292277022657-01-27T08:29:52");
}

TEST(TextOfDecimals, WritesAllDigitsOfTheScale) {
  EXPECT_EQ(decimal("12345", 2), "123.45");
  EXPECT_EQ(decimal("-5", 2), "-0.05");
  EXPECT_EQ(decimal("50", 2), "0.50");
  EXPECT_EQ(decimal("0", 2), "0.00");
  EXPECT_EQ(decimal("7", 0), "7");
}

TEST(TextOfDecimals, WritesOutNegativeScalesInZeros) {
  EXPECT_EQ(decimal("12", -2), "1200");
  EXPECT_EQ(decimal("-12", -1), "-120");
  EXPECT_EQ(decimal("0", -2), "0");
}

TEST(TextOfBytes, WritesTheVectorsOfTheStandard) {
  // RFC 4648, section 10.
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
  EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xFB\xFF\xBF"), "+/+/");
}

}  // namespace
}  // namespace cairn::formats
