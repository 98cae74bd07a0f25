#include "formats/csv/text_of_times.h"

#include "formats/csv/text_of_integers.h"

namespace cairn::formats {
namespace {

constexpr uint32_t kDaysPerEra = 146097;  // 400 years
constexpr int64_t kYearsPerEra = 400;
constexpr int64_t kDaysFromMarchOfYearZero = 719468;  // from 0000-03-01 to 1970-01-01

char* write_year(char* out, int64_t year) {
  if (year >= 0 && year <= 9999) return write_padded(out, static_cast<uint64_t>(year), 4);
  *out++ = year < 0 ? '-' : '+';
  const auto magnitude = static_cast<uint64_t>(year < 0 ? -year : year);
  return magnitude <= 9999 ? write_padded(out, magnitude, 4) : write_integer(out, magnitude);
}

}  // namespace

// Years start on the first of March here, so that the leap day is the last of its year. Divisions of
// an affine function become a multiplication and a shift (C. Neri and L. Schneider, "Euclidean Affine
// Functions and their Application to Calendar Algorithms", 2022).
char* write_date(char* out, int64_t days) {
  const int64_t shifted = days + kDaysFromMarchOfYearZero;
  const int64_t era = (shifted >= 0 ? shifted : shifted - (kDaysPerEra - 1)) / kDaysPerEra;
  const uint32_t quarters_of_era = 4 * static_cast<uint32_t>(shifted - era * kDaysPerEra) + 3;
  const uint32_t century = quarters_of_era / kDaysPerEra;
  const uint32_t quarters_of_century = quarters_of_era % kDaysPerEra | 3;
  constexpr uint32_t kPerYear = 2939745;  // 2^32 / 1461, rounded up
  const uint64_t years = uint64_t{kPerYear} * quarters_of_century;
  const uint32_t day_of_year = static_cast<uint32_t>(years) / kPerYear / 4;
  const uint32_t months = 2141 * day_of_year + 197913;  // 2^16 / 2141 days each, from March as 3
  const uint32_t month = months >> 16;
  const uint32_t day = (months & 0xffff) / 2141 + 1;
  const bool is_next_year = day_of_year >= 306;  // January and February

  const int64_t year = era * kYearsPerEra + 100 * century + static_cast<int64_t>(years >> 32);
  out = write_year(out, year + (is_next_year ? 1 : 0));
  *out++ = '-';
  out = write_two_digits(out, is_next_year ? month - 12 : month);
  *out++ = '-';
  return write_two_digits(out, day);
}

char* write_time_of_day(char* out, int64_t time, int digits) {
  const auto per_second = static_cast<int64_t>(kPowersOfTen[digits]);
  const auto seconds = static_cast<uint32_t>(time / per_second);
  out = write_two_digits(out, seconds / 3600);
  *out++ = ':';
  out = write_two_digits(out, seconds / 60 % 60);
  *out++ = ':';
  out = write_two_digits(out, seconds % 60);
  if (digits == 0) return out;
  *out++ = '.';
  return write_padded(out, static_cast<uint64_t>(time % per_second), digits);
}

char* write_timestamp(char* out, int64_t time, int digits) {
  const int64_t per_day = kSecondsPerDay * static_cast<int64_t>(kPowersOfTen[digits]);
  int64_t days = time / per_day;
  int64_t rest = time % per_day;
  if (rest < 0) {
    rest += per_day;
    --days;
  }
  out = write_date(out, days);
  *out++ = 'T';
  return write_time_of_day(out, rest, digits);
}

}  // namespace cairn::formats
