#pragma once

#include <arrow/type_fwd.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "data/slots.h"

namespace cairn::data {

/// Where canonical bytes go.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual void write(const void* bytes, size_t size) = 0;
};

/// Turns values into the canonical bytes of docs/formats.md, "Canonical bytes". Keeps scratch
/// memory between calls.
class CanonicalEncoder {
 public:
  explicit CanonicalEncoder(ByteSink& sink) : sink_(sink) {}

  /// Errors: unsupported for unions and for single values of 4 GiB and more; invalid_argument for
  /// decimals that do not fit their precision.
  void encode(StoredValues values);

 private:
  void encode_valid(const StoredValues& values);

  template <typename Word>
  void fixed_width(const StoredValues& values);
  void bytes_of_width(const StoredValues& values, size_t width);
  template <typename Bits>
  void floats(const StoredValues& values);
  void bools(const StoredValues& values);
  template <typename Word>
  void narrow_decimals(const StoredValues& values);
  void wide_decimals(const StoredValues& values, int32_t precision);
  void decimals(const StoredValues& values);
  template <typename Offset>
  void strings(const StoredValues& values);
  void views(const StoredValues& values);
  template <typename Offset>
  void lists(const StoredValues& values);
  template <typename Offset>
  void list_views(const StoredValues& values);
  void fixed_size_lists(const StoredValues& values);
  void structs(const StoredValues& values);

  void write(const std::vector<uint32_t>& lengths);

  /// Scratch memory for `count` words, valid until the next call.
  template <typename Word>
  Word* scratch(int64_t count);

  ByteSink& sink_;
  std::vector<uint64_t> scratch_;
};

/// The length of one value as canonical bytes carry it. Throws unsupported for 4 GiB and more.
uint32_t checked_length(uint64_t length);

/// The bits of positive infinity, and of the one NaN that stands for all, in each width of float.
template <typename Bits>
inline constexpr Bits kInfinityBits = 0;
template <>
inline constexpr uint16_t kInfinityBits<uint16_t> = 0x7c00;
template <>
inline constexpr uint32_t kInfinityBits<uint32_t> = 0x7f800000;
template <>
inline constexpr uint64_t kInfinityBits<uint64_t> = 0x7ff0000000000000;

template <typename Bits>
inline constexpr Bits kNanBits = static_cast<Bits>(kInfinityBits<Bits> |
                                                   (kInfinityBits<Bits> >> 1));

template <typename Bits>
bool is_nan_bits(Bits bits) {
  constexpr Bits kMagnitude = static_cast<Bits>(~Bits{0}) >> 1;
  return (bits & kMagnitude) > kInfinityBits<Bits>;
}

template <typename Bits>
Bits canonical_float(Bits bits) {
  return is_nan_bits(bits) ? kNanBits<Bits> : bits;
}

}  // namespace cairn::data
