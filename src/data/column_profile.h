#pragma once

#include <arrow/type_fwd.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace cairn::data {

/// HyperLogLog with 4,096 registers: about 1.6 % standard error (Flajolet et al., 2007).
class DistinctEstimate {
 public:
  /// Count `count` values by their hashes, of which every bit must depend on every bit of the
  /// value.
  ///
  /// Shape    `hash_of(i)` for i in 0 … count - 1.
  template <typename HashOf>
  void add(int64_t count, const HashOf& hash_of) {
    if (count > 0) registers_.resize(kRegisters);
    uint8_t* registers = registers_.data();
    for (int64_t i = 0; i < count; ++i) {
      const uint64_t hash = hash_of(i);
      const auto rank = static_cast<uint8_t>(std::countl_zero(hash << kIndexBits | kRankLimit) + 1);
      // Always stored: while registers fill up, a branch would be mispredicted again and again.
      uint8_t& highest = registers[hash >> (64 - kIndexBits)];
      highest = std::max(highest, rank);
    }
  }

  void merge(const DistinctEstimate& other);
  int64_t count() const;

 private:
  static constexpr int kIndexBits = 12;
  static constexpr size_t kRegisters = size_t{1} << kIndexBits;
  static constexpr uint64_t kRankLimit = uint64_t{1} << (kIndexBits - 1);

  std::vector<uint8_t> registers_;  // empty until the first value
};

/// What is known of the values of one column after one pass. Profiles of parts of a table merge
/// into its profile.
struct ColumnProfile {
  std::string name;
  int64_t rows = 0;
  int64_t nulls = 0;
  int64_t empties = 0;  // empty strings, binaries or lists
  int64_t nans = 0;
  int64_t min_length = -1;  // of strings and binaries in bytes, of lists in items; -1: no values
  int64_t max_length = -1;
  bool has_newlines = false;       // a string holds CR or LF, so its CSV has fields over lines
  std::optional<std::string> min;  // as CSV text; strings cut to 64 bytes; NaN left out
  std::optional<std::string> max;
  DistinctEstimate distinct;

  void merge(const ColumnProfile& other);

  /// The members that say something, and "distinct" as an estimate never above the count of values.
  Json to_json() const;

  // The values behind min and max, so that merging compares numbers as numbers and whole strings.
  struct Extremes;
  std::shared_ptr<const Extremes> extremes;
};

/// Profile every column of a batch. Pure. Nested columns have counts and lengths only.
///
/// Errors   unsupported, naming a column of a union.
std::vector<ColumnProfile> profile_columns(const arrow::RecordBatch& batch);

/// Merge the profiles of the columns of more rows of the same table. An empty `into` takes them.
void merge_profiles(std::vector<ColumnProfile>& into, const std::vector<ColumnProfile>& more);

}  // namespace cairn::data
