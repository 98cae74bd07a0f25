#include "data/column_profile.h"

#include <arrow/array/data.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/bit_util.h>
#include <arrow/util/decimal.h>
#include <arrow/util/float16.h>
#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <type_traits>
#include <variant>

#include "cairn/error.h"
#include "data/canonical_bytes.h"
#include "data/content_digest.h"
#include "data/logical_type.h"
#include "data/slots.h"
#include "data/text_extremes.h"
#include "data/value_text.h"

namespace cairn::data {

struct ColumnProfile::Extremes {
  using Value = std::variant<int64_t, uint64_t, double, arrow::Decimal256, std::string>;
  Value min;
  Value max;
};

namespace {

// The finaliser of SplitMix64 (Steele, Lea and Flood, 2014): every bit of the value changes half of
// the bits of the hash.
uint64_t mix(uint64_t value) {
  value = (value + 0x9e3779b97f4a7c15) * 0xbf58476d1ce4e5b9;
  value = (value ^ value >> 27) * 0x94d049bb133111eb;
  return value ^ value >> 31;
}

/// Profiles valid values of one column; what is distinct goes to `distinct`. `repeats` says how
/// often each value counts, and is empty when each counts once.
class Profiler {
 public:
  Profiler(ColumnProfile& profile, DistinctEstimate& distinct, const StoredValues& values,
           const std::vector<int64_t>& repeats)
      : profile_(profile),
        distinct_(distinct),
        array_(*values.array),
        type_(*values.type),
        slots_(values.slots),
        repeats_(repeats) {}

  void run() {
    if (slots_.size() == 0) return;
    switch (type_.id()) {
      case arrow::Type::BOOL:
        return bools();
      case arrow::Type::INT8:
        return integers<int8_t>();
      case arrow::Type::INT16:
        return integers<int16_t>();
      case arrow::Type::INT32:
      case arrow::Type::DATE32:
      case arrow::Type::TIME32:
        return integers<int32_t>();
      case arrow::Type::INT64:
      case arrow::Type::DATE64:
      case arrow::Type::TIME64:
      case arrow::Type::TIMESTAMP:
      case arrow::Type::DURATION:
        return integers<int64_t>();
      case arrow::Type::UINT8:
        return integers<uint8_t>();
      case arrow::Type::UINT16:
        return integers<uint16_t>();
      case arrow::Type::UINT32:
        return integers<uint32_t>();
      case arrow::Type::UINT64:
        return integers<uint64_t>();
      case arrow::Type::HALF_FLOAT:
        return floats<uint16_t>();
      case arrow::Type::FLOAT:
        return floats<uint32_t>();
      case arrow::Type::DOUBLE:
        return floats<uint64_t>();
      case arrow::Type::DECIMAL32:
        return decimals<arrow::Decimal32>();
      case arrow::Type::DECIMAL64:
        return decimals<arrow::Decimal64>();
      case arrow::Type::DECIMAL128:
        return decimals<arrow::Decimal128>();
      case arrow::Type::DECIMAL256:
        return decimals<arrow::Decimal256>();
      case arrow::Type::STRING:
      case arrow::Type::LARGE_STRING:
      case arrow::Type::STRING_VIEW:
        find_newlines();
        [[fallthrough]];
      case arrow::Type::BINARY:
      case arrow::Type::LARGE_BINARY:
      case arrow::Type::BINARY_VIEW:
        return strings();
      case arrow::Type::FIXED_SIZE_BINARY:
        return fixed_size_binaries();
      case arrow::Type::INTERVAL_MONTHS:
        return distinct_words<int32_t>();
      case arrow::Type::INTERVAL_DAY_TIME:
        return distinct_words<int64_t>();
      case arrow::Type::INTERVAL_MONTH_DAY_NANO:
        return distinct_words<arrow::Decimal128>();
      case arrow::Type::LIST:
      case arrow::Type::MAP:
        return lists([offsets = array_.GetValues<int32_t>(1)](int64_t slot) -> int64_t {
          return offsets[slot + 1] - offsets[slot];
        });
      case arrow::Type::LARGE_LIST:
        return lists([offsets = array_.GetValues<int64_t>(1)](int64_t slot) {
          return offsets[slot + 1] - offsets[slot];
        });
      case arrow::Type::LIST_VIEW:
        return lists([sizes = array_.GetValues<int32_t>(2)](int64_t slot) -> int64_t {
          return sizes[slot];
        });
      case arrow::Type::LARGE_LIST_VIEW:
        return lists([sizes = array_.GetValues<int64_t>(2)](int64_t slot) { return sizes[slot]; });
      case arrow::Type::FIXED_SIZE_LIST: {
        const int64_t size = static_cast<const arrow::FixedSizeListType&>(type_).list_size();
        return lists([size](int64_t) { return size; });
      }
      default:
        return;
    }
  }

 private:
  int64_t repeats(int64_t i) const {
    return repeats_.empty() ? 1 : repeats_[static_cast<size_t>(i)];
  }

  // The values side by side: where they are if they are, else copied.
  template <typename Word>
  const Word* packed(std::vector<Word>& copy) const {
    const auto* words = array_.GetValues<Word>(1);
    if (slots_.is_range()) return words + slots_.begin();
    copy.resize(static_cast<size_t>(slots_.size()));
    gather(words, slots_, copy.data());
    return copy.data();
  }

  template <typename Value, typename Text>
  void set_extremes(const Value& min, const Value& max, const Text& text) {
    profile_.min = text(min);
    profile_.max = text(max);
    profile_.extremes = std::make_shared<ColumnProfile::Extremes>(
        ColumnProfile::Extremes{ColumnProfile::Extremes::Value(min), max});
  }

  template <typename HashOf>
  void add_distinct(const HashOf& hash_of) {
    distinct_.add(slots_.size(), hash_of);
  }

  template <typename Word>
  void integers() {
    std::vector<Word> copy;
    const Word* words = packed(copy);
    Word min = words[0];
    Word max = words[0];
    const int64_t count = slots_.size();
    for (int64_t i = 0; i < count; ++i) {
      min = std::min(min, words[i]);
      max = std::max(max, words[i]);
    }
    add_distinct([words](int64_t i) { return mix(static_cast<uint64_t>(words[i])); });
    using Wide = std::conditional_t<std::is_signed_v<Word>, int64_t, uint64_t>;
    set_extremes(Wide{min}, Wide{max},
                 [&](Wide value) { return integer_text(type_, static_cast<int64_t>(value)); });
  }

  void bools() {
    const uint8_t* bits = array_.buffers[1]->data();
    bool seen[2] = {false, false};
    for (int64_t i = 0; i < slots_.size() && !(seen[0] && seen[1]); ++i)
      seen[arrow::bit_util::GetBit(bits, array_.offset + slots_[i]) ? 1 : 0] = true;
    for (const uint64_t value : {0, 1})
      distinct_.add(seen[value] ? 1 : 0, [value](int64_t) { return mix(value); });
    set_extremes(int64_t{seen[0] ? 0 : 1}, int64_t{seen[1] ? 1 : 0},
                 [&](int64_t value) { return integer_text(type_, value); });
  }

  static double to_double(uint16_t bits) { return arrow::util::Float16::FromBits(bits).ToFloat(); }
  static double to_double(uint32_t bits) { return std::bit_cast<float>(bits); }
  static double to_double(uint64_t bits) { return std::bit_cast<double>(bits); }

  template <typename Bits>
  void floats() {
    std::vector<Bits> copy;
    const Bits* bits = packed(copy);
    const int64_t count = slots_.size();
    double min = std::numeric_limits<double>::infinity();
    double max = -min;
    int64_t nans = 0;
    for (int64_t i = 0; i < count; ++i) {
      // A NaN is neither less nor greater, so it needs no branch to be left out.
      const double value = to_double(bits[i]);
      min = value < min ? value : min;
      max = value > max ? value : max;
      nans += value != value ? 1 : 0;
    }
    if (nans > 0 && !repeats_.empty()) {
      nans = 0;
      for (int64_t i = 0; i < count; ++i) nans += is_nan_bits(bits[i]) ? repeats(i) : 0;
    }
    profile_.nans = nans;
    add_distinct([bits](int64_t i) { return mix(canonical_float(bits[i])); });
    if (min <= max) set_extremes(min, max, [&](double v) { return float_text(type_, v); });
  }

  template <typename Decimal>
  void decimals() {
    std::vector<Decimal> copy;
    const Decimal* values = packed(copy);
    Decimal min = values[0];
    Decimal max = values[0];
    for (int64_t i = 0; i < slots_.size(); ++i) {
      if (values[i] < min) min = values[i];
      if (max < values[i]) max = values[i];
    }
    add_distinct([values](int64_t i) { return hash_word(values[i]); });
    const auto widen = [](const Decimal& value) {
      if constexpr (sizeof(Decimal) <= 8) {
        return arrow::Decimal256(int64_t{value.value()});
      } else {
        return arrow::Decimal256(value);
      }
    };
    set_extremes(widen(min), widen(max),
                 [&](const arrow::Decimal256& value) { return decimal_text(type_, value); });
  }

  template <typename Word>
  static uint64_t hash_word(const Word& word) {
    uint64_t halves[(sizeof(Word) + 7) / 8] = {0};
    std::memcpy(halves, &word, sizeof word);
    uint64_t hash = 0;
    for (const uint64_t half : halves) hash = mix(hash ^ half);
    return hash;
  }

  template <typename Word>
  void distinct_words() {
    std::vector<Word> copy;
    const Word* words = packed(copy);
    add_distinct([words](int64_t i) { return hash_word(words[i]); });
  }

  void strings() {
    const auto between = [this](const auto* offsets) {
      return [bytes = array_.GetValues<char>(2, 0), offsets](int64_t slot) {
        return std::string_view(bytes + offsets[slot],
                                static_cast<size_t>(offsets[slot + 1] - offsets[slot]));
      };
    };
    switch (type_.id()) {
      case arrow::Type::STRING:
      case arrow::Type::BINARY:
        return texts(between(array_.GetValues<int32_t>(1)));
      case arrow::Type::LARGE_STRING:
      case arrow::Type::LARGE_BINARY:
        return texts(between(array_.GetValues<int64_t>(1)));
      default:
        return texts([this](int64_t slot) { return bytes_at(array_, type_, slot); });
    }
  }

  template <typename BytesOf>
  void texts(const BytesOf& bytes_of) {
    TextExtremes extremes;
    size_t shortest = bytes_of(slots_[0]).size();
    size_t longest = shortest;
    distinct_.add(slots_.size(), [&](int64_t i) {
      const std::string_view text = bytes_of(slots_[i]);
      shortest = std::min(shortest, text.size());
      longest = std::max(longest, text.size());
      if (text.empty()) profile_.empties += repeats(i);
      extremes.add(text);
      return XXH3_64bits(text.data(), text.size());
    });
    profile_.min_length = static_cast<int64_t>(shortest);
    profile_.max_length = static_cast<int64_t>(longest);
    set_extremes(std::string(extremes.min()), std::string(extremes.max()),
                 [&](const std::string& text) { return bytes_text(type_, text); });
  }

  void fixed_size_binaries() {
    const int64_t width = static_cast<const arrow::FixedSizeBinaryType&>(type_).byte_width();
    const auto* bytes = array_.GetValues<char>(1, array_.offset * width);
    texts([bytes, width](int64_t slot) {
      return std::string_view(bytes + slot * width, static_cast<size_t>(width));
    });
  }

  static bool has_newline(std::string_view text) {
    return std::memchr(text.data(), '\n', text.size()) != nullptr ||
           std::memchr(text.data(), '\r', text.size()) != nullptr;
  }

  // All bytes at once where the strings follow each other; only if that finds something, or where
  // they do not, one string at a time: the bytes between them belong to nobody.
  void find_newlines() {
    if (slots_.is_ascending() && type_.id() != arrow::Type::STRING_VIEW) {
      const std::string_view first = bytes_at(array_, type_, slots_[0]);
      const std::string_view last = bytes_at(array_, type_, slots_[slots_.size() - 1]);
      const char* end = last.data() + last.size();
      if (!has_newline({first.data(), static_cast<size_t>(end - first.data())})) return;
    }
    for (int64_t i = 0; i < slots_.size() && !profile_.has_newlines; ++i)
      profile_.has_newlines = has_newline(bytes_at(array_, type_, slots_[i]));
  }

  template <typename LengthOf>
  void lists(const LengthOf& length_of) {
    int64_t shortest = length_of(slots_[0]);
    int64_t longest = shortest;
    for (int64_t i = 0; i < slots_.size(); ++i) {
      const int64_t length = length_of(slots_[i]);
      shortest = std::min(shortest, length);
      longest = std::max(longest, length);
      if (length == 0) profile_.empties += repeats(i);
    }
    profile_.min_length = shortest;
    profile_.max_length = longest;
  }

  ColumnProfile& profile_;
  DistinctEstimate& distinct_;
  const arrow::ArrayData& array_;
  const arrow::DataType& type_;
  const Slots& slots_;
  const std::vector<int64_t>& repeats_;
};

/// The entries of a dictionary that rows refer to, and how many do.
struct UsedEntries {
  Slots entries;
  std::vector<int64_t> repeats;
};

UsedEntries used_entries(const arrow::ArrayData& column) {
  const Slots slots = dictionary_slots(column);
  std::vector<int64_t> counts(static_cast<size_t>(column.dictionary->length));
  for (int64_t row = 0; row < slots.size(); ++row)
    if (slots[row] != kNoSlot) ++counts[static_cast<size_t>(slots[row])];
  UsedEntries used;
  for (size_t entry = 0; entry < counts.size(); ++entry) {
    if (counts[entry] == 0) continue;
    used.entries.append(static_cast<int64_t>(entry), 1);
    used.repeats.push_back(counts[entry]);
  }
  return used;
}

// A dictionary of fewer entries than rows is profiled entry by entry.
bool is_worth_counting(const arrow::ArrayData& column) {
  return column.type->id() == arrow::Type::DICTIONARY && column.dictionary->length < column.length;
}

void keep_valid(std::vector<int64_t>& repeats, const std::vector<uint8_t>& bitmap) {
  size_t kept = 0;
  for (size_t i = 0; i < repeats.size(); ++i)
    if (arrow::bit_util::GetBit(bitmap.data(), static_cast<int64_t>(i)))
      repeats[kept++] = repeats[i];
  repeats.resize(kept);
}

void add_dictionary(ColumnProfile& profile, const arrow::ArrayData& column) {
  UsedEntries used = used_entries(column);
  StoredValues values = resolve(*column.dictionary, *column.dictionary->type, used.entries);
  Validity validity = split_nulls({values.array, values.type, std::move(values.slots)});
  if (!validity.bitmap.empty()) keep_valid(used.repeats, validity.bitmap);
  values.slots = std::move(validity.valid);
  profile.rows = column.length;
  profile.nulls =
      column.length - std::accumulate(used.repeats.begin(), used.repeats.end(), int64_t{0});
  Profiler(profile, profile.distinct, values, used.repeats).run();
}

// A stride at a time, which keeps lists of slots and copied values in the first caches.
void add_rows(ColumnProfile& profile, const arrow::ArrayData& column) {
  for (int64_t first = 0; first < column.length; first += kStrideRows) {
    ColumnProfile piece;
    piece.rows = std::min(kStrideRows, column.length - first);
    StoredValues values = resolve(column, *column.type, Slots(first, piece.rows));
    values.slots = split_nulls({values.array, values.type, std::move(values.slots)}).valid;
    piece.nulls = piece.rows - values.slots.size();
    Profiler(piece, profile.distinct, values, {}).run();
    profile.merge(piece);
  }
}

ColumnProfile profile_column(const std::string& name, const arrow::ArrayData& column) {
  logical_type(*column.type);  // refuses what has no profile
  ColumnProfile profile;
  profile.name = name;
  is_worth_counting(column) ? add_dictionary(profile, column) : add_rows(profile, column);
  return profile;
}

void merge_length(int64_t& into, int64_t more, bool smaller) {
  if (more == -1) return;
  if (into == -1 || (more < into) == smaller) into = more;
}

}  // namespace

void ColumnProfile::merge(const ColumnProfile& other) {
  rows += other.rows;
  nulls += other.nulls;
  empties += other.empties;
  nans += other.nans;
  merge_length(min_length, other.min_length, true);
  merge_length(max_length, other.max_length, false);
  has_newlines = has_newlines || other.has_newlines;
  distinct.merge(other.distinct);
  if (!other.extremes) return;
  if (!extremes) {
    extremes = other.extremes;
    min = other.min;
    max = other.max;
    return;
  }
  const bool lower = other.extremes->min < extremes->min;
  const bool higher = extremes->max < other.extremes->max;
  if (lower) min = other.min;
  if (higher) max = other.max;
  if (lower && higher) extremes = other.extremes;
  if (lower != higher)
    extremes = std::make_shared<Extremes>(
        Extremes{(lower ? other : *this).extremes->min, (higher ? other : *this).extremes->max});
}

Json ColumnProfile::to_json() const {
  Json json = {{"name", name}, {"rows", rows}, {"nulls", nulls}};
  if (empties > 0) json["empties"] = empties;
  if (nans > 0) json["nans"] = nans;
  if (min_length >= 0) json["min_length"] = min_length;
  if (max_length >= 0) json["max_length"] = max_length;
  if (has_newlines) json["has_newlines"] = true;
  if (min) json["min"] = *min;
  if (max) json["max"] = *max;
  if (const int64_t estimate = distinct.count(); estimate > 0)
    json["distinct"] = std::min(estimate, rows - nulls);
  return json;
}

std::vector<ColumnProfile> profile_columns(const arrow::RecordBatch& batch) {
  std::vector<ColumnProfile> profiles;
  profiles.reserve(static_cast<size_t>(batch.num_columns()));
  for (int i = 0; i < batch.num_columns(); ++i) {
    try {
      profiles.push_back(profile_column(batch.column_name(i), *batch.column_data(i)));
    } catch (const Error& error) {
      throw error.while_doing(fmt::format("profile column '{}'", batch.column_name(i)));
    }
  }
  return profiles;
}

void merge_profiles(std::vector<ColumnProfile>& into, const std::vector<ColumnProfile>& more) {
  if (into.empty()) {
    into = more;
    return;
  }
  for (size_t i = 0; i < into.size(); ++i) into[i].merge(more.at(i));
}

}  // namespace cairn::data
