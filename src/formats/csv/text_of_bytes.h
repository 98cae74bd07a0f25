#pragma once

#include <cstddef>
#include <string_view>

namespace cairn::formats {

/// The bytes that write_base64 writes for so many bytes.
constexpr size_t base64_size(size_t bytes) {
  return (bytes + 2) / 3 * 4;
}

/// Write base64 with padding (RFC 4648, section 4) and return the byte after it.
char* write_base64(char* out, std::string_view bytes);

}  // namespace cairn::formats
