#include "data/value_text.h"

#include <arrow/type.h>
#include <arrow/util/base64.h>
#include <arrow/util/decimal.h>
#include <fmt/format.h>

#include <chrono>
#include <cmath>

namespace cairn::data {
namespace {

constexpr int64_t kSecondsPerDay = 86400;
constexpr size_t kMaxTextBytes = 64;

int64_t floor_div(int64_t value, int64_t divisor) {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}

int64_t units_per_second(arrow::TimeUnit::type unit) {
  switch (unit) {
    case arrow::TimeUnit::SECOND:
      return 1;
    case arrow::TimeUnit::MILLI:
      return 1'000;
    case arrow::TimeUnit::MICRO:
      return 1'000'000;
    default:
      return 1'000'000'000;
  }
}

// The calendar of std::chrono ends in the year 32767; a Gregorian cycle of 400 years does not.
std::string date_text(int64_t days) {
  constexpr int64_t kCycleDays = 146097;
  const int64_t cycle = floor_div(days, kCycleDays);
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(days - cycle * kCycleDays))};
  const int64_t year = static_cast<int>(date.year()) + cycle * 400;
  const auto month = static_cast<unsigned>(date.month());
  const auto day = static_cast<unsigned>(date.day());
  if (year >= 0 && year <= 9999) return fmt::format("{:04}-{:02}-{:02}", year, month, day);
  return fmt::format("{:+05}-{:02}-{:02}", year, month, day);
}

std::string time_text(int64_t value, arrow::TimeUnit::type unit) {
  const int64_t per_second = units_per_second(unit);
  const int64_t seconds = value / per_second;
  std::string text =
      fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  const int digits = unit == arrow::TimeUnit::SECOND ? 0 : 3 * static_cast<int>(unit);
  if (digits > 0) text += fmt::format(".{:0{}}", value % per_second, digits);
  return text;
}

std::string timestamp_text(const arrow::TimestampType& type, int64_t value) {
  const int64_t per_day = units_per_second(type.unit()) * kSecondsPerDay;
  const int64_t days = floor_div(value, per_day);
  // Not days * per_day, which overflows at the smallest timestamp.
  const int64_t rest = value % per_day + (value % per_day < 0 ? per_day : 0);
  return date_text(days) + "T" + time_text(rest, type.unit()) +
         (type.timezone().empty() ? "" : "Z");
}

}  // namespace

std::string integer_text(const arrow::DataType& type, int64_t value) {
  switch (type.id()) {
    case arrow::Type::BOOL:
      return value != 0 ? "true" : "false";
    case arrow::Type::UINT64:
      return fmt::format("{}", static_cast<uint64_t>(value));
    case arrow::Type::DATE32:
      return date_text(value);
    case arrow::Type::DATE64:
      return date_text(floor_div(value, kSecondsPerDay * 1'000));
    case arrow::Type::TIME32:
    case arrow::Type::TIME64:
      return time_text(value, static_cast<const arrow::TimeType&>(type).unit());
    case arrow::Type::TIMESTAMP:
      return timestamp_text(static_cast<const arrow::TimestampType&>(type), value);
    default:
      return fmt::format("{}", value);
  }
}

std::string float_text(const arrow::DataType& type, double value) {
  if (std::isinf(value)) return value < 0 ? "-INF" : "INF";
  std::string text = type.id() == arrow::Type::DOUBLE
                         ? fmt::format("{}", value)
                         : fmt::format("{}", static_cast<float>(value));
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string decimal_text(const arrow::DataType& type, const arrow::Decimal256& value) {
  const int32_t scale = static_cast<const arrow::DecimalType&>(type).scale();
  if (scale >= 0) return value.ToString(scale);
  std::string digits = value.ToIntegerString();
  if (digits != "0") digits.append(static_cast<size_t>(-scale), '0');
  return digits;
}

std::string bytes_text(const arrow::DataType& type, std::string_view value) {
  const bool is_text = type.id() == arrow::Type::STRING || type.id() == arrow::Type::LARGE_STRING ||
                       type.id() == arrow::Type::STRING_VIEW;
  if (!is_text) return arrow::util::base64_encode(value.substr(0, kMaxTextBytes / 4 * 3));
  if (value.size() <= kMaxTextBytes) return std::string(value);
  size_t end = kMaxTextBytes;
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xc0) == 0x80) --end;
  return std::string(value.substr(0, end));
}

}  // namespace cairn::data
