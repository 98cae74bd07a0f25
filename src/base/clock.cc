#include "base/clock.h"

#include <fmt/format.h>

#include <charconv>

namespace cairn {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hh_mm_ss;
using std::chrono::microseconds;
using std::chrono::year_month_day;

struct CivilTime {
  explicit CivilTime(TimePoint time)
      : date(floor<days>(time)),
        clock(time - std::chrono::time_point_cast<microseconds>(floor<days>(time))) {}

  year_month_day date;
  hh_mm_ss<microseconds> clock;
};

// Takes fixed-width numbers and separators off the front of a text; once anything is wrong it stays
// wrong.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int number(size_t digits) {
    int value = 0;
    const char* end = rest_.data() + std::min(digits, rest_.size());
    const auto [stop, error] = std::from_chars(rest_.data(), end, value);
    if (error != std::errc() || stop != rest_.data() + digits || rest_.front() == '-')
      return fail();
    rest_.remove_prefix(digits);
    return value;
  }

  bool accept(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char wanted) {
    if (!accept(wanted)) fail();
  }

  size_t digits_ahead() const {
    return std::min(rest_.find_first_not_of("0123456789"), rest_.size());
  }
  bool at_end() const { return rest_.empty(); }
  bool ok() const { return ok_; }

 private:
  int fail() {
    ok_ = false;
    return 0;
  }

  std::string_view rest_;
  bool ok_ = true;
};

microseconds scan_fraction(Scanner& in) {
  const size_t digits = in.digits_ahead();
  if (digits == 0 || digits > 6) {
    in.number(0 == digits ? 1 : digits + 1);  // marks the text as wrong
    return {};
  }
  int64_t value = in.number(digits);
  for (size_t i = digits; i < 6; ++i) value *= 10;
  return microseconds(value);
}

microseconds scan_time_of_day(Scanner& in) {
  const int hour = in.number(2);
  in.expect(':');
  const int minute = in.number(2);
  microseconds time = std::chrono::hours(hour) + std::chrono::minutes(minute);
  if (in.accept(':')) {
    const int second = in.number(2);
    time += std::chrono::seconds(second);
    if (second > 59) in.expect('!');
    if (in.accept('.')) time += scan_fraction(in);
  }
  if (hour > 23 || minute > 59) in.expect('!');
  return time;
}

microseconds scan_offset(Scanner& in) {
  if (in.at_end() || in.accept('Z') || in.accept('z')) return {};
  const int sign = in.accept('-') ? -1 : 1;
  if (sign == 1) in.expect('+');
  const int hours = in.number(2);
  in.accept(':');
  const int minutes = in.number(2);
  return sign * (std::chrono::hours(hours) + std::chrono::minutes(minutes));
}

}  // namespace

TimePoint SystemClock::now() const {
  return std::chrono::time_point_cast<microseconds>(std::chrono::system_clock::now());
}

std::string to_rfc3339(TimePoint time) {
  const CivilTime civil(time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z",
                     static_cast<int>(civil.date.year()), static_cast<unsigned>(civil.date.month()),
                     static_cast<unsigned>(civil.date.day()), civil.clock.hours().count(),
                     civil.clock.minutes().count(), civil.clock.seconds().count(),
                     civil.clock.subseconds().count());
}

std::string to_file_stamp(TimePoint time) {
  const CivilTime civil(time);
  return fmt::format("{:04}{:02}{:02}_{:02}{:02}{:02}", static_cast<int>(civil.date.year()),
                     static_cast<unsigned>(civil.date.month()),
                     static_cast<unsigned>(civil.date.day()), civil.clock.hours().count(),
                     civil.clock.minutes().count(), civil.clock.seconds().count());
}

std::optional<TimePoint> parse_rfc3339(std::string_view text) {
  Scanner in(text);
  const int year = in.number(4);
  in.expect('-');
  const int month = in.number(2);
  in.expect('-');
  const int day = in.number(2);
  const year_month_day date{std::chrono::year(year),
                            std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day))};
  if (!in.ok() || !date.ok()) return std::nullopt;
  TimePoint time = std::chrono::sys_days(date);
  if (!in.at_end()) {
    if (!in.accept('T') && !in.accept('t')) in.expect(' ');
    time += scan_time_of_day(in);
    time -= scan_offset(in);
  }
  if (!in.ok() || !in.at_end()) return std::nullopt;
  return time;
}

}  // namespace cairn
