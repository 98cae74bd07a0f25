#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cairn::data {

/// The bytes a SHA-256 is taken over: a tag and then fields, each number as 8 bytes little-endian
/// and each text after its length, so that different fields never give the same bytes.
class Preimage {
 public:
  explicit Preimage(std::string_view tag) { add(tag); }

  void add(uint64_t number) {
    for (int shift = 0; shift < 64; shift += 8) bytes_ += static_cast<char>(number >> shift & 0xff);
  }

  void add(std::string_view text) {
    add(static_cast<uint64_t>(text.size()));
    bytes_ += text;
  }

  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

}  // namespace cairn::data
