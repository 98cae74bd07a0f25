#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cairn::formats {

/// The formats that inputs may have.
enum class InputFormat { parquet, arrow_file, arrow_stream, json_lines, csv };

/// How much of a file `sniff` wants to see.
inline constexpr int64_t kSniffedBytes = 4096;

/// The format of a file that starts with `head` and whose name ends in `extension` (".csv", or
/// nothing). The name decides only between formats that the bytes allow. `name` is for messages.
///
/// Errors   corrupt for an empty file, or one that is not what its name says; unsupported, with what
///          to do about it, for archives, spreadsheets, databases and the like.
InputFormat sniff(std::string_view head, const std::string& extension, const std::string& name);

}  // namespace cairn::formats
