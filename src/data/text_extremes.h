#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace cairn::data {

/// The first eight bytes of a text as a number that orders texts as their bytes do, as far as it
/// reaches: what is missing counts as zeros.
inline uint64_t head_of(std::string_view text) {
  static_assert(std::endian::native == std::endian::little);
  if (text.size() >= 8) {
    uint64_t head = 0;
    std::memcpy(&head, text.data(), sizeof head);
    return __builtin_bswap64(head);
  }
  uint64_t head = 0;
  for (const char byte : text) head = head << 8 | static_cast<unsigned char>(byte);
  return text.empty() ? 0 : head << (64 - 8 * text.size());
}

/// The least and the greatest of some texts, byte by byte. Borrows them. Most texts are settled by
/// their heads, without a call.
class TextExtremes {
 public:
  void add(std::string_view text) {
    const uint64_t head = head_of(text);
    if (!any_) {
      any_ = true;
      min_ = max_ = text;
      min_head_ = max_head_ = head;
      return;
    }
    if (head < min_head_ || (head == min_head_ && text < min_)) {
      min_ = text;
      min_head_ = head;
    }
    if (head > max_head_ || (head == max_head_ && max_ < text)) {
      max_ = text;
      max_head_ = head;
    }
  }

  bool any() const { return any_; }
  std::string_view min() const { return min_; }
  std::string_view max() const { return max_; }

 private:
  std::string_view min_;
  std::string_view max_;
  uint64_t min_head_ = 0;
  uint64_t max_head_ = 0;
  bool any_ = false;
};

}  // namespace cairn::data
