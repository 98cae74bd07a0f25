#pragma once

#include <xxhash.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace cairn::formats {

/// What a dictionary compares values by: bits, so that every NaN and both zeros come back as they
/// were. Texts of up to 16 bytes are wholly in their key.
template <typename Value>
struct DictionaryKey {
  using Bits = std::conditional_t<sizeof(Value) == 4, uint32_t, uint64_t>;

  explicit DictionaryKey(Value value) : bits(std::bit_cast<Bits>(value)) {}
  bool operator==(const DictionaryKey& other) const { return bits == other.bits; }

  // Fibonacci hashing (Knuth, TAOCP 6.4): the upper bits depend on all of them.
  uint64_t hash() const { return bits * uint64_t{0x9E3779B97F4A7C15}; }

  Bits bits;
};

template <>
struct DictionaryKey<std::string_view> {
  explicit DictionaryKey(std::string_view value) : text(value) {
    const char* bytes = value.data();
    if (value.size() >= 8) {
      std::memcpy(&head, bytes, 8);
      std::memcpy(&tail, bytes + value.size() - 8, 8);
    } else if (value.size() >= 4) {
      std::memcpy(&head, bytes, 4);
      std::memcpy(&tail, bytes + value.size() - 4, 4);
    } else {
      for (const char byte : value) head = head << 8 | static_cast<unsigned char>(byte);
    }
  }

  bool operator==(const DictionaryKey& other) const {
    return head == other.head && tail == other.tail && text.size() == other.text.size() &&
           (text.size() <= 16 || std::memcmp(text.data(), other.text.data(), text.size()) == 0);
  }

  uint64_t hash() const {
    if (text.size() > 16) return XXH3_64bits(text.data(), text.size());
    const uint64_t folded = (head ^ text.size()) * uint64_t{0x9E3779B97F4A7C15} + tail;
    return (folded ^ folded >> 32) * uint64_t{0xD6E8FEB86659FD93};
  }

  uint64_t head = 0;
  uint64_t tail = 0;
  std::string_view text;
};

/// Numbers values in the order in which they first appear. Texts are borrowed.
template <typename Value>
class ValueDictionary {
 public:
  /// The number of `value`, which is the next one where it is new.
  uint32_t number_of(Value value) {
    const DictionaryKey<Value> key(value);
    if (keys_.size() * 2 >= slots_.size()) grow();
    uint32_t& slot = slot_of(key);
    if (slot == kEmpty) {
      slot = static_cast<uint32_t>(keys_.size());
      keys_.push_back(key);
      values_.push_back(value);
    }
    return slot;
  }

  std::span<const Value> values() const { return values_; }

 private:
  static constexpr uint32_t kEmpty = UINT32_MAX;

  uint32_t& slot_of(const DictionaryKey<Value>& key) {
    size_t at = key.hash() >> shift_;
    while (slots_[at] != kEmpty && !(keys_[slots_[at]] == key)) at = (at + 1) & (slots_.size() - 1);
    return slots_[at];
  }

  void grow() {
    shift_ -= 2;
    slots_.assign(size_t{1} << (64 - shift_), kEmpty);
    for (uint32_t number = 0; number < keys_.size(); ++number) slot_of(keys_[number]) = number;
  }

  std::vector<DictionaryKey<Value>> keys_;
  std::vector<Value> values_;
  std::vector<uint32_t> slots_;  // numbers; a power of two of them, at most half full
  int shift_ = 56;               // of a hash, to get a slot
};

}  // namespace cairn::formats
