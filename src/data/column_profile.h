#pragma once

#include <arrow/type_fwd.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace cairn::data {

/// HyperLogLog with 4,096 registers: about 1.6 % standard error (Flajolet et al., 2007).
class DistinctEstimate {
 public:
  void add(uint64_t hash);
  void merge(const DistinctEstimate& other);
  int64_t count() const;

 private:
  static constexpr size_t kRegisters = 4096;
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
  int64_t min_length =
      -1;  // of strings and binaries in bytes, of lists in items; -1 where there is none
  int64_t max_length = -1;
  bool has_newlines =
      false;  // a string holds CR or LF, so that its CSV has fields over several lines
  std::optional<std::string>
      min;  // as CSV text of the value; strings cut to 64 bytes, NaN left out
  std::optional<std::string> max;
  DistinctEstimate distinct;

  void merge(const ColumnProfile& other);
  Json to_json() const;

  // Exact extremes behind min and max: integers, dates, times, decimals that fit, floats, or bytes.
  struct Extremes;
  std::shared_ptr<const Extremes> extremes;
};

/// Profile every column of a batch. Pure. Nested columns have counts and lengths only.
std::vector<ColumnProfile> profile_columns(const arrow::RecordBatch& batch);

void merge_profiles(std::vector<ColumnProfile>& into, const std::vector<ColumnProfile>& more);

}  // namespace cairn::data
