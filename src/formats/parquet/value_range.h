#pragma once

#include <parquet/statistics.h>

#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "data/text_extremes.h"

namespace cairn::formats {

/// The least and the greatest of some values, as Parquet's statistics want them: texts byte by byte,
/// NaN left out, and a zero with the sign that lets it stand for both.
template <typename Value>
class ValueRange {
 public:
  void add(std::span<const Value> values) {
    if (values.empty()) return;
    ValueRange more;
    if constexpr (std::is_same_v<Value, std::string_view>) {
      data::TextExtremes extremes;
      for (const std::string_view text : values) extremes.add(text);
      more.min_ = extremes.min();
      more.max_ = extremes.max();
      more.any_ = true;
    } else {
      more = extremes_of(values);
    }
    merge(more);
  }

  void merge(const ValueRange& other) {
    if (!other.any_) return;
    if (!any_ || other.min_ < min_) min_ = other.min_;
    if (!any_ || max_ < other.max_) max_ = other.max_;
    any_ = true;
  }

  void describe(parquet::EncodedStatistics& statistics) const {
    if (!any_) return;
    constexpr bool kTwoZeros = std::is_floating_point_v<Value>;
    statistics.set_min(plain(kTwoZeros && min_ == Value{} ? negative_zero() : min_));
    statistics.set_max(plain(kTwoZeros && max_ == Value{} ? Value{} : max_));
    statistics.is_min_value_exact = true;
    statistics.is_max_value_exact = true;
  }

 private:
  static ValueRange extremes_of(std::span<const Value> numbers) {
    ValueRange range;
    if constexpr (std::is_floating_point_v<Value>) {
      // Comparisons with NaN are false, so that it never gets in.
      range.min_ = std::numeric_limits<Value>::infinity();
      range.max_ = -range.min_;
    } else {
      range.min_ = range.max_ = numbers.front();
    }
    for (const Value number : numbers) {
      range.min_ = number < range.min_ ? number : range.min_;
      range.max_ = range.max_ < number ? number : range.max_;
    }
    range.any_ = range.min_ <= range.max_;
    return range;
  }

  static Value negative_zero() {
    if constexpr (std::is_floating_point_v<Value>) return -Value{};
    return {};
  }

  static std::string plain(const Value& value) {
    if constexpr (std::is_same_v<Value, std::string_view>) {
      return std::string(value);
    } else {
      std::string bytes(sizeof value, '\0');
      std::memcpy(bytes.data(), &value, sizeof value);
      return bytes;
    }
  }

  Value min_{};
  Value max_{};
  bool any_ = false;
};

}  // namespace cairn::formats
