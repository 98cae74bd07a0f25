#include "formats/csv/text_of_bytes.h"

#include <cstdint>

namespace cairn::formats {
namespace {

constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char* write_group(char* out, uint32_t three_bytes) {
  for (int shift = 18; shift >= 0; shift -= 6) *out++ = kAlphabet[(three_bytes >> shift) & 0x3F];
  return out;
}

}  // namespace

char* write_base64(char* out, std::string_view bytes) {
  const auto byte = [&](size_t at) -> uint32_t { return static_cast<unsigned char>(bytes[at]); };
  size_t at = 0;
  for (; at + 3 <= bytes.size(); at += 3)
    out = write_group(out, byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2));
  const size_t rest = bytes.size() - at;
  if (rest == 0) return out;
  out = write_group(out, byte(at) << 16 | (rest == 2 ? byte(at + 1) << 8 : 0));
  out[-1] = '=';
  if (rest == 1) out[-2] = '=';
  return out;
}

}  // namespace cairn::formats
