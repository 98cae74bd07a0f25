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

/// The one bit pattern of NaN in each width.
inline constexpr uint16_t kNanBits16 = 0x7e00;
inline constexpr uint32_t kNanBits32 = 0x7fc00000;
inline constexpr uint64_t kNanBits64 = 0x7ff8000000000000;

inline bool is_nan_bits(uint16_t bits) {
  return (bits & 0x7fff) > 0x7c00;
}
inline bool is_nan_bits(uint32_t bits) {
  return (bits & 0x7fffffff) > 0x7f800000;
}
inline bool is_nan_bits(uint64_t bits) {
  return (bits & 0x7fffffffffffffff) > 0x7ff0000000000000;
}

inline uint16_t canonical_float(uint16_t bits) {
  return is_nan_bits(bits) ? kNanBits16 : bits;
}
inline uint32_t canonical_float(uint32_t bits) {
  return is_nan_bits(bits) ? kNanBits32 : bits;
}
inline uint64_t canonical_float(uint64_t bits) {
  return is_nan_bits(bits) ? kNanBits64 : bits;
}

}  // namespace cairn::data
