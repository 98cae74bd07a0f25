#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

namespace cairn::testing {

/// `bytes`, damaged: cut off somewhere, or with some of its bytes changed, zeroed or set, more
/// often towards the end, where file formats keep what they say of themselves. The same for the
/// same seed.
inline std::string damaged(std::string bytes, uint32_t seed) {
  std::mt19937 random(seed);
  const auto any = [&](size_t count) { return random() % count; };
  if (any(8) == 0) return bytes.substr(0, any(bytes.size()));
  for (size_t changes = 1 + any(8); changes > 0; --changes) {
    const size_t reach = any(2) == 0 ? bytes.size() : std::min<size_t>(bytes.size(), 2048);
    char& byte = bytes[bytes.size() - 1 - any(reach)];
    switch (any(4)) {
      case 0:
        byte = static_cast<char>(byte ^ (1 << any(8)));
        break;
      case 1:
        byte = '\0';
        break;
      case 2:
        byte = '\xff';
        break;
      default:
        byte = static_cast<char>(random());
    }
  }
  return bytes;
}

}  // namespace cairn::testing
