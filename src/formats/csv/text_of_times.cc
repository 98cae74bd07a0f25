#include "formats/csv/text_of_times.h"

#include "formats/csv/text_of_integers.h"

namespace cairn::formats {
namespace {

constexpr int64_t kDaysPerEra = 146097;  // 400 years
constexpr int64_t kYearsPerEra = 400;
constexpr int64_t kDaysFromMarchOfYearZero = 719468;  // from 0000-03-01 to 1970-01-01

char* write_year(char* out, int64_t year) {
  if (year >= 0 && year <= 9999) return write_padded(out, static_cast<uint64_t>(year), 4);
  *out++ = year < 0 ? '-' : '+';
  const auto magnitude = static_cast<uint64_t>(year < 0 ? -year : year);
  return magnitude <= 9999 ? write_padded(out, magnitude, 4) : write_integer(out, magnitude);
}

}  // namespace

// Years start on the first of March here, so that the leap day is the last of its year and the
// lengths of months follow one line (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
char* write_date(char* out, int64_t days) {
  const int64_t shifted = days + kDaysFromMarchOfYearZero;
  const int64_t era = (shifted >= 0 ? shifted : shifted - (kDaysPerEra - 1)) / kDaysPerEra;
  const auto day_of_era = static_cast<uint32_t>(shifted - era * kDaysPerEra);
  const uint32_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const uint32_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const uint32_t month_from_march = (5 * day_of_year + 2) / 153;
  const uint32_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  const uint32_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;

  out = write_year(out, year_of_era + era * kYearsPerEra + (month <= 2 ? 1 : 0));
  *out++ = '-';
  out = write_two_digits(out, month);
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
