#include "base/ids.h"

#include <fmt/format.h>
#include <sys/random.h>

#include "cairn/error.h"

namespace cairn {

void SystemRandom::fill(uint8_t* bytes, size_t count) {
  // getrandom never returns short below 256 bytes once the pool is seeded; a failure means no
  // kernel support.
  if (getrandom(bytes, count, 0) != static_cast<ssize_t>(count)) {
    throw Error(ErrorKind::internal, "cannot read random bytes from the kernel");
  }
}

Uuid Uuid::make(const Clock& clock, RandomSource& random) {
  Uuid id;
  random.fill(id.bytes_.data(), id.bytes_.size());
  const auto milliseconds = static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(clock.now().time_since_epoch())
          .count());
  for (int i = 0; i < 6; ++i) id.bytes_[i] = static_cast<uint8_t>(milliseconds >> (8 * (5 - i)));
  id.bytes_[6] = 0x70 | (id.bytes_[6] & 0x0f);
  id.bytes_[8] = 0x80 | (id.bytes_[8] & 0x3f);
  return id;
}

std::string Uuid::text() const {
  std::string text;
  for (size_t i = 0; i < bytes_.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", bytes_[i]);
  }
  return text;
}

std::string Uuid::id8() const {
  return text().substr(28);
}

}  // namespace cairn
