#pragma once

#include <cstdint>

namespace cairn {

/// What every encoding of a Value can carry: lists, sets and maps in one another, and the days of
/// the years 0000 to 9999, which are those that RFC 3339 can write.
inline constexpr int kMaxValueLevels = 32;
inline constexpr int64_t kFirstDay = -719528;
inline constexpr int64_t kLastDay = 2932896;

}  // namespace cairn
