#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace cairn::data {

/// The slot of a null that no array stores: a null index of a dictionary.
inline constexpr int64_t kNoSlot = -1;

/// Some slots of an array, in order: a range while they follow each other, else listed one by one.
class Slots {
 public:
  Slots() = default;
  Slots(int64_t begin, int64_t size) : begin_(begin), size_(size) {}
  explicit Slots(std::vector<int64_t> listed) : listed_(std::move(listed)), is_range_(false) {}

  bool is_range() const { return is_range_; }
  int64_t begin() const { return begin_; }
  int64_t size() const { return is_range_ ? size_ : static_cast<int64_t>(listed_.size()); }
  int64_t operator[](int64_t i) const {
    return is_range_ ? begin_ + i : listed_[static_cast<size_t>(i)];
  }

  /// Whether each slot comes after the one before.
  bool is_ascending() const;

  void append(int64_t begin, int64_t count);

  /// The same slots, each further on by `distance`. None may be kNoSlot.
  Slots shifted(int64_t distance) &&;

 private:
  int64_t begin_ = 0;
  int64_t size_ = 0;
  std::vector<int64_t> listed_;
  bool is_range_ = true;
};

/// Values as an array stores them, layouts that only repeat values taken off: never a dictionary,
/// run-end encoding or extension. Borrows the arrays.
struct StoredValues {
  const arrow::ArrayData* array;
  const arrow::DataType* type;
  Slots slots;  // kNoSlot for nulls the layouts brought
};

/// Look through dictionaries, run-end encoding and extension types.
StoredValues resolve(const arrow::ArrayData& array, const arrow::DataType& type, Slots slots);
StoredValues resolve(const arrow::ArrayData& array);

/// The entries that the rows of a dictionary array refer to, kNoSlot for null indices.
Slots dictionary_slots(const arrow::ArrayData& array);

/// Which values are valid: `bitmap` has a bit per value, least significant first, and is empty when
/// all are valid; `valid` are the slots of those.
struct Validity {
  std::vector<uint8_t> bitmap;
  Slots valid;
};
Validity split_nulls(StoredValues values);

/// The bytes of one value of a utf8, binary or view array.
std::string_view bytes_at(const arrow::ArrayData& array, const arrow::DataType& type, int64_t slot);

/// Copy values of a fixed width side by side. The compiler makes a loop per width of it.
template <typename Word>
void gather(const Word* values, const Slots& slots, Word* out) {
  if (slots.is_range()) {
    if (slots.size() > 0)
      std::memcpy(out, values + slots.begin(), static_cast<size_t>(slots.size()) * sizeof(Word));
    return;
  }
  for (int64_t i = 0; i < slots.size(); ++i) out[i] = values[slots[i]];
}

}  // namespace cairn::data
