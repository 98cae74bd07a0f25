#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace cairn {

/// "256MB", "1.5GiB", "4096" to bytes; KB, MB, GB and TB are powers of 1000, KiB, MiB, GiB and TiB
/// of 1024. Throws invalid_argument naming `what`.
int64_t parse_bytes(std::string_view text, std::string_view what);

/// "90s", "15m", "24h", "7d", "2w" to seconds. Throws invalid_argument naming `what`.
std::chrono::seconds parse_duration(std::string_view text, std::string_view what);

/// 1536 to "1.5 kB", 73400320 to "73.4 MB".
std::string format_bytes(int64_t bytes);

/// 1048576 to "1,048,576".
std::string format_count(int64_t count);

}  // namespace cairn
