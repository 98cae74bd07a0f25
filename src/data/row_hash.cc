#include <arrow/array/data.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <xxhash.h>

#include <cstring>

#include "cairn/error.h"
#include "data/canonical_bytes.h"
#include "data/content_digest.h"
#include "data/logical_type.h"

namespace cairn::data {
namespace {

void add(Hash128& sum, const Hash128& term) {
  sum.low += term.low;
  sum.high += term.high + (sum.low < term.low ? 1 : 0);
}

Hash128 hash(const void* bytes, size_t size, uint64_t seed) {
  const XXH128_hash_t value = XXH3_128bits_withSeed(bytes, size, seed);
  return {value.low64, value.high64};
}

class BufferSink final : public ByteSink {
 public:
  void clear() { bytes_.clear(); }
  void write(const void* bytes, size_t size) override {
    if (size > 0) bytes_.append(static_cast<const char*>(bytes), size);
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

/// Adds the hash of each value of one column to the sum of its row. A value's hash is that of the
/// canonical bytes of a column of this value alone.
class ColumnAdder {
 public:
  ColumnAdder(uint64_t seed, std::vector<Hash128>& sums) : seed_(seed), sums_(sums) {
    constexpr unsigned char kNull[] = {1, 0};
    null_ = hash(kNull, sizeof kNull, seed);
  }

  void add_column(const arrow::ArrayData& column) {
    if (column.type->id() == arrow::Type::DICTIONARY) return add_dictionary(column);
    const StoredValues values = resolve(column);
    switch (values.type->id()) {
      case arrow::Type::INT8:
      case arrow::Type::UINT8:
        return add_words<uint8_t>(values, [](uint8_t word) { return word; });
      case arrow::Type::INT16:
      case arrow::Type::UINT16:
        return add_words<uint16_t>(values, [](uint16_t word) { return word; });
      case arrow::Type::INT32:
      case arrow::Type::UINT32:
      case arrow::Type::DATE32:
      case arrow::Type::TIME32:
        return add_words<uint32_t>(values, [](uint32_t word) { return word; });
      case arrow::Type::INT64:
      case arrow::Type::UINT64:
      case arrow::Type::DATE64:
      case arrow::Type::TIME64:
      case arrow::Type::TIMESTAMP:
      case arrow::Type::DURATION:
        return add_words<uint64_t>(values, [](uint64_t word) { return word; });
      case arrow::Type::FLOAT:
        return add_words<uint32_t>(values, [](uint32_t bits) { return canonical_float(bits); });
      case arrow::Type::DOUBLE:
        return add_words<uint64_t>(values, [](uint64_t bits) { return canonical_float(bits); });
      case arrow::Type::STRING:
      case arrow::Type::BINARY:
      case arrow::Type::LARGE_STRING:
      case arrow::Type::LARGE_BINARY:
      case arrow::Type::STRING_VIEW:
      case arrow::Type::BINARY_VIEW:
        return add_texts(values);
      default:
        return add_any(values);
    }
  }

 private:
  template <typename Add>
  void for_each_row(const StoredValues& values, const Add& hash_of_slot) {
    for (int64_t row = 0; row < values.slots.size(); ++row) {
      const int64_t slot = values.slots[row];
      const bool valid = slot != kNoSlot && values.array->IsValid(slot);
      add(sums_[static_cast<size_t>(row)], valid ? hash_of_slot(slot) : null_);
    }
  }

  template <typename Word, typename Canonical>
  void add_words(const StoredValues& values, const Canonical& canonical) {
    const auto* words = values.array->GetValues<Word>(1);
    for_each_row(values, [&](int64_t slot) {
      unsigned char bytes[1 + sizeof(Word)] = {0};
      const Word word = canonical(words[slot]);
      std::memcpy(bytes + 1, &word, sizeof word);
      return hash(bytes, sizeof bytes, seed_);
    });
  }

  void add_texts(const StoredValues& values) {
    std::string bytes;
    for_each_row(values, [&](int64_t slot) {
      const std::string_view text = bytes_at(*values.array, *values.type, slot);
      const auto length = checked_length(text.size());
      bytes.assign(1, '\0');
      bytes.append(reinterpret_cast<const char*>(&length), sizeof length);
      bytes.append(text);
      return hash(bytes.data(), bytes.size(), seed_);
    });
  }

  void add_any(const StoredValues& values) {
    BufferSink sink;
    CanonicalEncoder encoder(sink);
    for (int64_t row = 0; row < values.slots.size(); ++row) {
      const int64_t slot = values.slots[row];
      Hash128& sum = sums_[static_cast<size_t>(row)];
      if (slot == kNoSlot) {
        add(sum, null_);
        continue;
      }
      sink.clear();
      encoder.encode({values.array, values.type, Slots(slot, 1)});
      add(sum, hash(sink.bytes().data(), sink.bytes().size(), seed_));
    }
  }

  // Each entry is hashed once, however many rows refer to it.
  void add_dictionary(const arrow::ArrayData& column) {
    std::vector<Hash128> entries(static_cast<size_t>(column.dictionary->length));
    ColumnAdder(seed_, entries).add_column(*column.dictionary);
    const Slots slots = dictionary_slots(column);
    for (int64_t row = 0; row < slots.size(); ++row) {
      const int64_t entry = slots[row];
      add(sums_[static_cast<size_t>(row)],
          entry == kNoSlot ? null_ : entries[static_cast<size_t>(entry)]);
    }
  }

  uint64_t seed_;
  std::vector<Hash128>& sums_;
  Hash128 null_;
};

}  // namespace

std::vector<Hash128> hash_rows(const arrow::RecordBatch& batch) {
  std::vector<Hash128> rows(static_cast<size_t>(batch.num_rows()));
  for (int i = 0; i < batch.num_columns(); ++i) {
    try {
      const arrow::ArrayData& column = *batch.column_data(i);
      const std::string type = logical_type(*column.type);
      const uint64_t seed =
          XXH3_64bits_withSeed(type.data(), type.size(), static_cast<uint64_t>(i));
      ColumnAdder(seed, rows).add_column(column);
    } catch (const Error& error) {
      throw error.while_doing(fmt::format("digest column '{}'", batch.column_name(i)));
    }
  }
  for (Hash128& row : rows) row = hash(&row, sizeof row, 0);
  return rows;
}

void MultisetDigester::update(const arrow::RecordBatch& batch) {
  // A piece at a time, so that the hashes of its rows stay in the caches.
  for (int64_t first = 0; first < batch.num_rows(); first += kStrideRows) {
    for (const Hash128& row : hash_rows(*batch.Slice(first, kStrideRows))) add(sum_, row);
  }
}

std::string MultisetDigester::text() const {
  return fmt::format("cd1m:{:016x}{:016x}", sum_.high, sum_.low);
}

}  // namespace cairn::data
