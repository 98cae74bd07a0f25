#include "data/canonical_bytes.h"

#include <arrow/array/data.h>
#include <arrow/type.h>
#include <arrow/util/bit_util.h>
#include <arrow/util/bitmap_ops.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "cairn/error.h"

namespace cairn::data {
namespace {

static_assert(std::endian::native == std::endian::little,
              "canonical bytes are little-endian, and buffers are hashed as they are");

// The magnitude of a NaN is above that of infinity, so the difference is negative. Neither a
// comparison nor a branch, and a fixed length: the compiler makes vector instructions of it.
template <typename Bits>
bool any_nan(const Bits* bits, int64_t count) {
  constexpr int64_t kLanes = 256;
  constexpr Bits kSign = static_cast<Bits>(Bits{1} << (sizeof(Bits) * 8 - 1));
  const auto below_nan = [](Bits value) {
    return static_cast<Bits>(kInfinityBits<Bits> - (value & static_cast<Bits>(kSign - 1)));
  };
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    Bits signs = 0;
    for (int64_t lane = 0; lane < kLanes; ++lane) signs |= below_nan(bits[i + lane]);
    if ((signs & kSign) != 0) return true;
  }
  return std::any_of(bits + i, bits + count, [](Bits value) { return is_nan_bits(value); });
}

using Bytes16 = std::array<uint64_t, 2>;
using Bytes32 = std::array<uint64_t, 4>;

}  // namespace

uint32_t checked_length(uint64_t length) {
  if (length > std::numeric_limits<uint32_t>::max())
    throw Error(ErrorKind::unsupported, "a single value of 4 GiB or more has no digest",
                "split the value over several rows");
  return static_cast<uint32_t>(length);
}

template <typename Word>
Word* CanonicalEncoder::scratch(int64_t count) {
  const size_t words = (static_cast<size_t>(count) * sizeof(Word) + 7) / 8;
  if (scratch_.size() < words) scratch_.resize(words);
  return reinterpret_cast<Word*>(scratch_.data());
}

void CanonicalEncoder::encode(StoredValues values) {
  Validity validity = split_nulls({values.array, values.type, std::move(values.slots)});
  const uint8_t has_nulls = validity.bitmap.empty() ? 0 : 1;
  sink_.write(&has_nulls, 1);
  if (has_nulls != 0) sink_.write(validity.bitmap.data(), validity.bitmap.size());
  encode_valid({values.array, values.type, std::move(validity.valid)});
}

void CanonicalEncoder::encode_valid(const StoredValues& values) {
  switch (values.type->id()) {
    case arrow::Type::NA:
      return;
    case arrow::Type::BOOL:
      return bools(values);
    case arrow::Type::INT8:
    case arrow::Type::UINT8:
      return fixed_width<uint8_t>(values);
    case arrow::Type::INT16:
    case arrow::Type::UINT16:
      return fixed_width<uint16_t>(values);
    case arrow::Type::INT32:
    case arrow::Type::UINT32:
    case arrow::Type::DATE32:
    case arrow::Type::TIME32:
    case arrow::Type::INTERVAL_MONTHS:
      return fixed_width<uint32_t>(values);
    case arrow::Type::INT64:
    case arrow::Type::UINT64:
    case arrow::Type::DATE64:
    case arrow::Type::TIME64:
    case arrow::Type::TIMESTAMP:
    case arrow::Type::DURATION:
    case arrow::Type::INTERVAL_DAY_TIME:
      return fixed_width<uint64_t>(values);
    case arrow::Type::INTERVAL_MONTH_DAY_NANO:
      return fixed_width<Bytes16>(values);
    case arrow::Type::HALF_FLOAT:
      return floats<uint16_t>(values);
    case arrow::Type::FLOAT:
      return floats<uint32_t>(values);
    case arrow::Type::DOUBLE:
      return floats<uint64_t>(values);
    case arrow::Type::DECIMAL32:
    case arrow::Type::DECIMAL64:
    case arrow::Type::DECIMAL128:
    case arrow::Type::DECIMAL256:
      return decimals(values);
    case arrow::Type::FIXED_SIZE_BINARY:
      return bytes_of_width(
          values, static_cast<size_t>(
                      static_cast<const arrow::FixedSizeBinaryType&>(*values.type).byte_width()));
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return strings<int32_t>(values);
    case arrow::Type::LARGE_STRING:
    case arrow::Type::LARGE_BINARY:
      return strings<int64_t>(values);
    case arrow::Type::STRING_VIEW:
    case arrow::Type::BINARY_VIEW:
      return views(values);
    case arrow::Type::LIST:
    case arrow::Type::MAP:
      return lists<int32_t>(values);
    case arrow::Type::LARGE_LIST:
      return lists<int64_t>(values);
    case arrow::Type::LIST_VIEW:
      return list_views<int32_t>(values);
    case arrow::Type::LARGE_LIST_VIEW:
      return list_views<int64_t>(values);
    case arrow::Type::FIXED_SIZE_LIST:
      return fixed_size_lists(values);
    case arrow::Type::STRUCT:
      return structs(values);
    default:
      throw Error(ErrorKind::unsupported,
                  fmt::format("type {} has no digest", values.type->ToString()),
                  "convert the column to one type, such as a struct or utf8, first");
  }
}

template <typename Word>
void CanonicalEncoder::fixed_width(const StoredValues& values) {
  const auto* words = values.array->GetValues<Word>(1);
  const int64_t count = values.slots.size();
  const size_t bytes = static_cast<size_t>(count) * sizeof(Word);
  if (values.slots.is_range()) return sink_.write(words + values.slots.begin(), bytes);
  Word* packed = scratch<Word>(count);
  gather(words, values.slots, packed);
  sink_.write(packed, bytes);
}

void CanonicalEncoder::bytes_of_width(const StoredValues& values, size_t width) {
  const auto stride = static_cast<int64_t>(width);
  const auto* bytes = values.array->GetValues<uint8_t>(1, values.array->offset * stride);
  const int64_t count = values.slots.size();
  if (count == 0 || width == 0) return;
  if (values.slots.is_range())
    return sink_.write(bytes + values.slots.begin() * stride, static_cast<size_t>(count) * width);
  auto* packed = scratch<uint8_t>(count * stride);
  for (int64_t i = 0; i < count; ++i)
    std::memcpy(packed + i * stride, bytes + values.slots[i] * stride, width);
  sink_.write(packed, static_cast<size_t>(count) * width);
}

template <typename Bits>
void CanonicalEncoder::floats(const StoredValues& values) {
  const auto* bits = values.array->GetValues<Bits>(1);
  const int64_t count = values.slots.size();
  const size_t bytes = static_cast<size_t>(count) * sizeof(Bits);
  if (values.slots.is_range() && !any_nan(bits + values.slots.begin(), count))
    return sink_.write(bits + values.slots.begin(), bytes);
  Bits* packed = scratch<Bits>(count);
  gather(bits, values.slots, packed);
  for (int64_t i = 0; i < count; ++i) packed[i] = canonical_float(packed[i]);
  sink_.write(packed, bytes);
}

void CanonicalEncoder::bools(const StoredValues& values) {
  const int64_t count = values.slots.size();
  if (count == 0) return;
  const auto* bits = values.array->GetValues<uint8_t>(1, 0);
  const int64_t offset = values.array->offset;
  const int64_t bytes = arrow::bit_util::BytesForBits(count);
  auto* packed = scratch<uint8_t>(bytes);
  std::fill_n(packed, bytes, uint8_t{0});
  if (values.slots.is_range()) {
    arrow::internal::CopyBitmap(bits, offset + values.slots.begin(), count, packed, 0);
  } else {
    for (int64_t i = 0; i < count; ++i)
      arrow::bit_util::SetBitTo(packed, i, arrow::bit_util::GetBit(bits, offset + values.slots[i]));
  }
  sink_.write(packed, static_cast<size_t>(bytes));
}

// A precision of at most 38 digits takes 16 bytes whatever the stored width, more take 32.
void CanonicalEncoder::decimals(const StoredValues& values) {
  const int32_t precision = static_cast<const arrow::DecimalType&>(*values.type).precision();
  switch (values.type->id()) {
    case arrow::Type::DECIMAL32:
      return narrow_decimals<int32_t>(values);
    case arrow::Type::DECIMAL64:
      return narrow_decimals<int64_t>(values);
    case arrow::Type::DECIMAL128:
      return fixed_width<Bytes16>(values);
    default:
      return wide_decimals(values, precision);
  }
}

template <typename Word>
void CanonicalEncoder::narrow_decimals(const StoredValues& values) {
  const auto* words = values.array->GetValues<Word>(1);
  const int64_t count = values.slots.size();
  auto* packed = scratch<Bytes16>(count);
  for (int64_t i = 0; i < count; ++i) {
    const int64_t value = words[values.slots[i]];
    packed[i] = {static_cast<uint64_t>(value), static_cast<uint64_t>(value >> 63)};
  }
  sink_.write(packed, static_cast<size_t>(count) * sizeof(Bytes16));
}

void CanonicalEncoder::wide_decimals(const StoredValues& values, int32_t precision) {
  if (precision > 38) return fixed_width<Bytes32>(values);
  const auto* words = values.array->GetValues<Bytes32>(1);
  const int64_t count = values.slots.size();
  auto* packed = scratch<Bytes16>(count);
  for (int64_t i = 0; i < count; ++i) {
    const Bytes32& value = words[values.slots[i]];
    const uint64_t sign = value[1] >> 63 != 0 ? ~uint64_t{0} : 0;
    if (value[2] != sign || value[3] != sign)
      throw Error(ErrorKind::invalid_argument,
                  fmt::format("a decimal has more than the {} digits of its type", precision),
                  "cast the column to a wider decimal first");
    packed[i] = {value[0], value[1]};
  }
  sink_.write(packed, static_cast<size_t>(count) * sizeof(Bytes16));
}

void CanonicalEncoder::write(const std::vector<uint32_t>& lengths) {
  sink_.write(lengths.data(), lengths.size() * sizeof(uint32_t));
}

template <typename Offset>
void CanonicalEncoder::strings(const StoredValues& values) {
  const int64_t count = values.slots.size();
  if (count == 0) return;
  const auto* offsets = values.array->GetValues<Offset>(1);
  const auto* bytes = values.array->GetValues<char>(2, 0);
  const Slots& slots = values.slots;
  std::vector<uint32_t> lengths(static_cast<size_t>(count));
  int64_t total = 0;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t length = offsets[slots[i] + 1] - offsets[slots[i]];
    if constexpr (sizeof(Offset) > 4) checked_length(static_cast<uint64_t>(length));
    lengths[static_cast<size_t>(i)] = static_cast<uint32_t>(length);
    total += length;
  }
  write(lengths);

  // Null slots are mostly empty, and then the bytes of the others follow each other.
  const Offset first = offsets[slots[0]];
  if (total == offsets[slots[count - 1] + 1] - first && (slots.is_ascending()))
    return sink_.write(bytes + first, static_cast<size_t>(total));
  char* packed = scratch<char>(total);
  for (int64_t i = 0; i < count; ++i) {
    const size_t length = lengths[static_cast<size_t>(i)];
    std::memcpy(packed, bytes + offsets[slots[i]], length);
    packed += length;
  }
  sink_.write(packed - total, static_cast<size_t>(total));
}

void CanonicalEncoder::views(const StoredValues& values) {
  const int64_t count = values.slots.size();
  std::vector<uint32_t> lengths(static_cast<size_t>(count));
  int64_t total = 0;
  for (int64_t i = 0; i < count; ++i) {
    const auto length = bytes_at(*values.array, *values.type, values.slots[i]).size();
    lengths[static_cast<size_t>(i)] = static_cast<uint32_t>(length);
    total += static_cast<int64_t>(length);
  }
  write(lengths);
  char* packed = scratch<char>(total);
  for (int64_t i = 0; i < count; ++i) {
    const std::string_view text = bytes_at(*values.array, *values.type, values.slots[i]);
    std::memcpy(packed, text.data(), text.size());
    packed += text.size();
  }
  sink_.write(packed - total, static_cast<size_t>(total));
}

template <typename Offset>
void CanonicalEncoder::lists(const StoredValues& values) {
  const auto* offsets = values.array->GetValues<Offset>(1);
  std::vector<uint32_t> lengths(static_cast<size_t>(values.slots.size()));
  Slots items;
  for (size_t i = 0; i < lengths.size(); ++i) {
    const int64_t slot = values.slots[static_cast<int64_t>(i)];
    const int64_t length = offsets[slot + 1] - offsets[slot];
    lengths[i] = checked_length(static_cast<uint64_t>(length));
    items.append(offsets[slot], length);
  }
  write(lengths);
  encode(resolve(*values.array->child_data[0], *values.type->field(0)->type(), std::move(items)));
}

template <typename Offset>
void CanonicalEncoder::list_views(const StoredValues& values) {
  const auto* offsets = values.array->GetValues<Offset>(1);
  const auto* sizes = values.array->GetValues<Offset>(2);
  std::vector<uint32_t> lengths(static_cast<size_t>(values.slots.size()));
  Slots items;
  for (size_t i = 0; i < lengths.size(); ++i) {
    const int64_t slot = values.slots[static_cast<int64_t>(i)];
    lengths[i] = checked_length(static_cast<uint64_t>(sizes[slot]));
    items.append(offsets[slot], sizes[slot]);
  }
  write(lengths);
  encode(resolve(*values.array->child_data[0], *values.type->field(0)->type(), std::move(items)));
}

void CanonicalEncoder::fixed_size_lists(const StoredValues& values) {
  const auto& type = static_cast<const arrow::FixedSizeListType&>(*values.type);
  Slots items;
  for (int64_t i = 0; i < values.slots.size(); ++i)
    items.append((values.array->offset + values.slots[i]) * type.list_size(), type.list_size());
  encode(resolve(*values.array->child_data[0], *type.value_type(), std::move(items)));
}

void CanonicalEncoder::structs(const StoredValues& values) {
  for (int i = 0; i < values.type->num_fields(); ++i) {
    Slots rows = Slots(values.slots).shifted(values.array->offset);
    encode(resolve(*values.array->child_data[static_cast<size_t>(i)],
                   *values.type->field(i)->type(), std::move(rows)));
  }
}

}  // namespace cairn::data
