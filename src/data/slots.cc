#include "data/slots.h"

#include <arrow/array/data.h>
#include <arrow/extension_type.h>
#include <arrow/type.h>
#include <arrow/util/bit_util.h>
#include <arrow/util/bitmap_ops.h>

#include <algorithm>
#include <bit>
#include <functional>
#include <numeric>

namespace cairn::data {
namespace {

bool is_valid(const uint8_t* bitmap, int64_t bit) {
  return bitmap == nullptr || arrow::bit_util::GetBit(bitmap, bit);
}

const uint8_t* bitmap_of(const arrow::ArrayData& array) {
  return array.buffers[0] ? array.buffers[0]->data() : nullptr;
}

template <typename Index>
Slots through_dictionary(const arrow::ArrayData& array, const Slots& slots) {
  const auto* indices = array.GetValues<Index>(1);
  const uint8_t* bitmap = bitmap_of(array);
  std::vector<int64_t> entries(static_cast<size_t>(slots.size()));
  for (int64_t i = 0; i < slots.size(); ++i) {
    const int64_t slot = slots[i];
    const bool valid = slot != kNoSlot && is_valid(bitmap, array.offset + slot);
    entries[static_cast<size_t>(i)] = valid ? static_cast<int64_t>(indices[slot]) : kNoSlot;
  }
  return Slots(std::move(entries));
}

Slots through_dictionary(const arrow::ArrayData& array, const arrow::DataType& index,
                         const Slots& slots) {
  switch (index.id()) {
    case arrow::Type::INT8:
      return through_dictionary<int8_t>(array, slots);
    case arrow::Type::UINT8:
      return through_dictionary<uint8_t>(array, slots);
    case arrow::Type::INT16:
      return through_dictionary<int16_t>(array, slots);
    case arrow::Type::UINT16:
      return through_dictionary<uint16_t>(array, slots);
    case arrow::Type::INT32:
      return through_dictionary<int32_t>(array, slots);
    case arrow::Type::UINT32:
      return through_dictionary<uint32_t>(array, slots);
    default:  // 64 bits, signed or not: no dictionary has 2^63 entries
      return through_dictionary<int64_t>(array, slots);
  }
}

template <typename RunEnd>
Slots through_runs(const arrow::ArrayData& array, const Slots& slots) {
  const arrow::ArrayData& ends_data = *array.child_data[0];
  const auto* ends = ends_data.GetValues<RunEnd>(1);
  const int64_t runs = ends_data.length;
  std::vector<int64_t> values(static_cast<size_t>(slots.size()), kNoSlot);
  int64_t run = 0;
  for (int64_t i = 0; i < slots.size(); ++i) {
    if (slots[i] == kNoSlot) continue;
    const int64_t row = array.offset + slots[i];
    const bool in_run = run < runs && row < ends[run] && (run == 0 || row >= ends[run - 1]);
    if (!in_run) run = std::upper_bound(ends, ends + runs, row) - ends;
    values[static_cast<size_t>(i)] = run;
  }
  return Slots(std::move(values));
}

Slots through_runs(const arrow::ArrayData& array, const arrow::DataType& run_end,
                   const Slots& slots) {
  switch (run_end.id()) {
    case arrow::Type::INT16:
      return through_runs<int16_t>(array, slots);
    case arrow::Type::INT32:
      return through_runs<int32_t>(array, slots);
    default:
      return through_runs<int64_t>(array, slots);
  }
}

// The slots of the bits set in a bitmap that starts at a byte, a word at a time.
Slots set_bits(const std::vector<uint8_t>& bitmap, int64_t begin, int64_t set) {
  std::vector<int64_t> listed(static_cast<size_t>(set));
  int64_t* out = listed.data();
  for (size_t byte = 0; byte < bitmap.size(); byte += 8, begin += 64) {
    uint64_t word = 0;
    std::memcpy(&word, bitmap.data() + byte, std::min<size_t>(8, bitmap.size() - byte));
    if (~word == 0) {
      std::iota(out, out + 64, begin);
      out += 64;
    } else {
      for (; word != 0; word &= word - 1) *out++ = begin + std::countr_zero(word);
    }
  }
  return Slots(std::move(listed));
}

Validity split_nulls_of_range(const StoredValues& values, const uint8_t* bits) {
  const Slots& slots = values.slots;
  const int64_t first = values.array->offset + slots.begin();
  const int64_t set = arrow::internal::CountSetBits(bits, first, slots.size());
  if (set == slots.size()) return {{}, slots};
  Validity result;
  result.bitmap.resize(static_cast<size_t>(arrow::bit_util::BytesForBits(slots.size())));
  arrow::internal::CopyBitmap(bits, first, slots.size(), result.bitmap.data(), 0);
  result.valid = set_bits(result.bitmap, slots.begin(), set);
  return result;
}

}  // namespace

bool Slots::is_ascending() const {
  return std::adjacent_find(listed_.begin(), listed_.end(), std::greater_equal<>()) ==
         listed_.end();
}

void Slots::append(int64_t begin, int64_t count) {
  if (count == 0) return;
  if (size() == 0) *this = Slots(begin, 0);
  if (is_range_ && begin == begin_ + size_) {
    size_ += count;
    return;
  }
  if (is_range_) {
    listed_.resize(static_cast<size_t>(size_));
    std::iota(listed_.begin(), listed_.end(), begin_);
    is_range_ = false;
  }
  const size_t old_size = listed_.size();
  listed_.resize(old_size + static_cast<size_t>(count));
  std::iota(listed_.begin() + static_cast<std::ptrdiff_t>(old_size), listed_.end(), begin);
}

Slots Slots::shifted(int64_t distance) && {
  begin_ += distance;
  for (int64_t& slot : listed_) slot += distance;
  return std::move(*this);
}

StoredValues resolve(const arrow::ArrayData& array, const arrow::DataType& type, Slots slots) {
  switch (type.id()) {
    case arrow::Type::DICTIONARY: {
      const auto& dictionary = static_cast<const arrow::DictionaryType&>(type);
      Slots entries = through_dictionary(array, *dictionary.index_type(), slots);
      return resolve(*array.dictionary, *dictionary.value_type(), std::move(entries));
    }
    case arrow::Type::RUN_END_ENCODED: {
      const auto& encoded = static_cast<const arrow::RunEndEncodedType&>(type);
      Slots runs = through_runs(array, *encoded.run_end_type(), slots);
      return resolve(*array.child_data[1], *encoded.value_type(), std::move(runs));
    }
    case arrow::Type::EXTENSION:
      return resolve(array, *static_cast<const arrow::ExtensionType&>(type).storage_type(),
                     std::move(slots));
    default:
      return {&array, &type, std::move(slots)};
  }
}

Slots dictionary_slots(const arrow::ArrayData& array) {
  const auto& type = static_cast<const arrow::DictionaryType&>(*array.type);
  return through_dictionary(array, *type.index_type(), Slots(0, array.length));
}

StoredValues resolve(const arrow::ArrayData& array) {
  return resolve(array, *array.type, Slots(0, array.length));
}

Validity split_nulls(StoredValues values) {
  const bool all_null = values.type->id() == arrow::Type::NA;
  const uint8_t* bits = all_null ? nullptr : bitmap_of(*values.array);
  Slots& slots = values.slots;
  if (slots.is_range() && !all_null) {
    if (bits == nullptr || values.array->null_count == 0) return {{}, std::move(slots)};
    return split_nulls_of_range(values, bits);
  }

  std::vector<uint8_t> bitmap(static_cast<size_t>(arrow::bit_util::BytesForBits(slots.size())));
  std::vector<int64_t> valid;
  for (int64_t i = 0; i < slots.size(); ++i) {
    const int64_t slot = slots[i];
    if (all_null || slot == kNoSlot || !is_valid(bits, values.array->offset + slot)) continue;
    arrow::bit_util::SetBit(bitmap.data(), i);
    valid.push_back(slot);
  }
  if (static_cast<int64_t>(valid.size()) == slots.size()) return {{}, std::move(slots)};
  return {std::move(bitmap), Slots(std::move(valid))};
}

std::string_view bytes_at(const arrow::ArrayData& array, const arrow::DataType& type,
                          int64_t slot) {
  const auto between = [&](const auto* offsets) {
    const auto* bytes = array.GetValues<char>(2, 0);
    return std::string_view(bytes + offsets[slot],
                            static_cast<size_t>(offsets[slot + 1] - offsets[slot]));
  };
  switch (type.id()) {
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return between(array.GetValues<int32_t>(1));
    case arrow::Type::LARGE_STRING:
    case arrow::Type::LARGE_BINARY:
      return between(array.GetValues<int64_t>(1));
    default: {
      const auto& view = array.GetValues<arrow::BinaryViewType::c_type>(1)[slot];
      if (view.is_inline())
        return {reinterpret_cast<const char*>(view.inline_data()),
                static_cast<size_t>(view.size())};
      const auto& buffer = array.buffers[2 + static_cast<size_t>(view.ref.buffer_index)];
      return {reinterpret_cast<const char*>(buffer->data()) + view.ref.offset,
              static_cast<size_t>(view.size())};
    }
  }
}

}  // namespace cairn::data
