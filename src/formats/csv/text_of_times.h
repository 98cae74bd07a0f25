#pragma once

#include <cstdint>

namespace cairn::formats {

/// The most bytes that write_date and write_timestamp write.
inline constexpr int kMaxDateText = 24;
inline constexpr int kMaxTimestampText = 48;

inline constexpr int64_t kSecondsPerDay = 86400;

/// Write days since 1970-01-01 as a date of the proleptic Gregorian calendar and return the byte
/// after it.
///
/// Shape    any day that a timestamp in seconds can reach.
char* write_date(char* out, int64_t days);

/// Write a time of day, with `digits` digits of fraction: 0, 3, 6 or 9.
///
/// Units    `time` in 10^-digits seconds since midnight, less than a day.
char* write_time_of_day(char* out, int64_t time, int digits);

/// Write date, T and time. Zones are the caller's.
///
/// Units    `time` in 10^-digits seconds since 1970-01-01T00:00:00.
char* write_timestamp(char* out, int64_t time, int digits);

}  // namespace cairn::formats
