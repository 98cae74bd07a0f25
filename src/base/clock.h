#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace cairn {

/// A moment in UTC, in microseconds since 1970-01-01. A label only: nothing is ever ordered by it.
using TimePoint = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

/// Where the time comes from, so that tests can say what time it is.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
};

class SystemClock final : public Clock {
 public:
  TimePoint now() const override;
};

/// RFC 3339 in UTC with microseconds: 2026-01-15T09:30:12.417000Z.
std::string to_rfc3339(TimePoint time);

/// A date, or a date and time with optional seconds, fraction and offset (`Z`, `+02:00`; UTC when
/// there is none).
std::optional<TimePoint> parse_rfc3339(std::string_view text);

/// The label in file names: 20260115_093012.
std::string to_file_stamp(TimePoint time);

}  // namespace cairn
