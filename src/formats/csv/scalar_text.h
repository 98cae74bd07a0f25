#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <arrow/array.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>

#include "cairn/error.h"
#include "formats/csv/text_of_decimals.h"
#include "formats/csv/text_of_floats.h"
#include "formats/csv/text_of_integers.h"
#include "formats/csv/text_of_times.h"

namespace cairn::formats {

/// Digits of fraction that a unit of time asks for.
inline int fraction_digits(arrow::TimeUnit::type unit) {
  return 3 * static_cast<int>(unit);  // SECOND, MILLI, MICRO, NANO
}

/// A time of day or a date that its own type forbids.
[[noreturn]] inline void refuse_time(int64_t value, const arrow::DataType& type) {
  throw Error(ErrorKind::invalid_argument,
              fmt::format("{} is no value of type {}", value, type.ToString()),
              "correct the value");
}

inline std::string_view write_unscaled(char* out, int64_t value) {
  return {out, static_cast<size_t>(write_integer(out, value) - out)};
}

/// Writers of one value of a fixed-width column, found once for the column: `use` is called with
/// the most bytes a value takes and a callable `char* write(char* out, int64_t row)` for rows that
/// are not null. The array must outlive it. Returns a value-initialised result for types of other
/// kinds.
template <typename Use>
class ScalarWriters {
 public:
  using Result = decltype(std::declval<Use>()(0, [](char* out, int64_t) { return out; }));

  ScalarWriters(const arrow::Array& array, Use use) : array_(array), use_(std::move(use)) {}

  Result find() {
    switch (array_.type_id()) {
      case arrow::Type::BOOL:
        return booleans();
      case arrow::Type::INT8:
        return integers<int8_t, int64_t>();
      case arrow::Type::INT16:
        return integers<int16_t, int64_t>();
      case arrow::Type::INT32:
      case arrow::Type::INTERVAL_MONTHS:
        return integers<int32_t, int64_t>();
      case arrow::Type::INT64:
      case arrow::Type::DURATION:
        return integers<int64_t, int64_t>();
      case arrow::Type::UINT8:
        return integers<uint8_t, uint64_t>();
      case arrow::Type::UINT16:
        return integers<uint16_t, uint64_t>();
      case arrow::Type::UINT32:
        return integers<uint32_t, uint64_t>();
      case arrow::Type::UINT64:
        return integers<uint64_t, uint64_t>();
      case arrow::Type::HALF_FLOAT:
        return halfs();
      case arrow::Type::FLOAT:
        return floats();
      case arrow::Type::DOUBLE:
        return doubles();
      case arrow::Type::DECIMAL32:
        return narrow_decimals<int32_t>();
      case arrow::Type::DECIMAL64:
        return narrow_decimals<int64_t>();
      case arrow::Type::DECIMAL128:
        return wide_decimals<arrow::Decimal128>();
      case arrow::Type::DECIMAL256:
        return wide_decimals<arrow::Decimal256>();
      case arrow::Type::DATE32:
        return dates();
      case arrow::Type::DATE64:
        return dates_in_milliseconds();
      case arrow::Type::TIME32:
        return times<int32_t, arrow::Time32Type>();
      case arrow::Type::TIME64:
        return times<int64_t, arrow::Time64Type>();
      case arrow::Type::TIMESTAMP:
        return timestamps();
      default:
        return Result{};
    }
  }

 private:
  template <typename T>
  const T* values() const {
    return array_.data()->GetValues<T>(1);
  }

  Result booleans() {
    const auto* array = static_cast<const arrow::BooleanArray*>(&array_);
    return use_(5, [array](char* out, int64_t row) {
      const std::string_view text = array->Value(row) ? "true" : "false";
      return std::copy(text.begin(), text.end(), out);
    });
  }

  template <typename T, typename Widened>
  Result integers() {
    return use_(kMaxIntegerText, [values = values<T>()](char* out, int64_t row) {
      return write_integer(out, static_cast<Widened>(values[row]));
    });
  }

  Result halfs() {
    return use_(kMaxFloatText, [values = values<uint16_t>()](char* out, int64_t row) {
      return write_half(out, values[row]);
    });
  }

  Result floats() {
    return use_(kMaxFloatText, [values = values<float>()](char* out, int64_t row) {
      return write_float(out, values[row]);
    });
  }

  // Most columns of doubles hold amounts with few decimals, or hardly any; a long run without one
  // tells which.
  Result doubles() {
    constexpr int kPatience = 64;
    return use_(kMaxFloatText,
                [values = values<double>(), misses = 0](char* out, int64_t row) mutable {
                  if (misses >= kPatience) return write_float(out, values[row]);
                  if (char* end = write_few_decimals(out, values[row])) {
                    misses = 0;
                    return end;
                  }
                  ++misses;
                  return write_float(out, values[row]);
                });
  }

  int32_t scale() const { return static_cast<const arrow::DecimalType&>(*array_.type()).scale(); }

  template <typename T>
  Result narrow_decimals() {
    return use_(max_decimal_text(scale()),
                [values = values<T>(), scale = scale()](char* out, int64_t row) {
                  char digits[kMaxIntegerText];
                  return write_decimal(out, write_unscaled(digits, values[row]), scale);
                });
  }

  template <typename Decimal>
  Result wide_decimals() {
    constexpr int64_t kBytes = Decimal::kByteWidth;
    return use_(max_decimal_text(scale()),
                [values = array_.data()->template GetValues<uint8_t>(1, array_.offset() * kBytes),
                 scale = scale()](char* out, int64_t row) {
                  const Decimal decimal(values + row * kBytes);
                  const auto words = decimal.little_endian_array();
                  const auto low = static_cast<int64_t>(words[0]);
                  bool is_narrow = true;
                  for (size_t i = 1; i < words.size(); ++i)
                    is_narrow = is_narrow && words[i] == static_cast<uint64_t>(low >> 63);
                  if (!is_narrow) return write_decimal(out, decimal.ToIntegerString(), scale);
                  char digits[kMaxIntegerText];
                  return write_decimal(out, write_unscaled(digits, low), scale);
                });
  }

  Result dates() {
    return use_(kMaxDateText, [values = values<int32_t>()](char* out, int64_t row) {
      return write_date(out, values[row]);
    });
  }

  Result dates_in_milliseconds() {
    constexpr int64_t kMillisecondsPerDay = kSecondsPerDay * 1000;
    return use_(kMaxDateText,
                [values = values<int64_t>(), type = array_.type()](char* out, int64_t row) {
                  if (values[row] % kMillisecondsPerDay != 0) refuse_time(values[row], *type);
                  return write_date(out, values[row] / kMillisecondsPerDay);
                });
  }

  template <typename T, typename Type>
  Result times() {
    const int digits = fraction_digits(static_cast<const Type&>(*array_.type()).unit());
    const int64_t day = kSecondsPerDay * static_cast<int64_t>(kPowersOfTen[digits]);
    return use_(kMaxTimestampText,
                [values = values<T>(), digits, day, type = array_.type()](char* out, int64_t row) {
                  if (values[row] < 0 || values[row] >= day) refuse_time(values[row], *type);
                  return write_time_of_day(out, values[row], digits);
                });
  }

  Result timestamps() {
    const auto& type = static_cast<const arrow::TimestampType&>(*array_.type());
    return use_(kMaxTimestampText,
                [values = values<int64_t>(), digits = fraction_digits(type.unit()),
                 is_zoned = !type.timezone().empty()](char* out, int64_t row) {
                  out = write_timestamp(out, values[row], digits);
                  if (is_zoned) *out++ = 'Z';
                  return out;
                });
  }

  const arrow::Array& array_;
  Use use_;
};

/// See ScalarWriters.
template <typename Use>
auto with_scalar_writer(const arrow::Array& array, Use use) {
  return ScalarWriters<Use>(array, std::move(use)).find();
}

}  // namespace cairn::formats
