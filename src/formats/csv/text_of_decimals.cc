#include "formats/csv/text_of_decimals.h"

#include <cstring>

namespace cairn::formats {
namespace {

char* write_zeros(char* out, size_t count) {
  std::memset(out, '0', count);
  return out + count;
}

char* write_text(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

}  // namespace

char* write_decimal(char* out, std::string_view unscaled, int32_t scale) {
  if (unscaled.front() == '-') {
    *out++ = '-';
    unscaled.remove_prefix(1);
  }
  if (scale <= 0) {
    out = write_text(out, unscaled);
    return unscaled == "0" ? out : write_zeros(out, static_cast<size_t>(-scale));
  }
  const auto fraction = static_cast<size_t>(scale);
  if (unscaled.size() > fraction) {
    const size_t whole = unscaled.size() - fraction;
    out = write_text(out, unscaled.substr(0, whole));
    *out++ = '.';
    return write_text(out, unscaled.substr(whole));
  }
  out = write_text(out, "0.");
  out = write_zeros(out, fraction - unscaled.size());
  return write_text(out, unscaled);
}

}  // namespace cairn::formats
