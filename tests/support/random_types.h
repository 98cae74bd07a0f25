#pragma once

#include <arrow/type.h>

#include <array>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace cairn::testing {

/// Choices that are the same for the same seed, on every machine.
class Choices {
 public:
  explicit Choices(uint64_t seed) : random_(seed) {}

  uint64_t bits() { return random_(); }
  /// Of 0 to n - 1.
  int64_t below(int64_t n) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(n)); }
  int64_t between(int64_t low, int64_t high) { return low + below(high - low + 1); }
  bool one_in(int64_t n) { return below(n) == 0; }

  template <typename Options>
  auto any_of(const Options& options) {
    return *(std::begin(options) + below(static_cast<int64_t>(std::size(options))));
  }

 private:
  std::mt19937_64 random_;
};

/// Random types: every one that Cairn stores, so all but union, nested up to a depth.
class RandomTypes {
 public:
  explicit RandomTypes(Choices& choices) : choices_(choices) {}

  std::shared_ptr<arrow::DataType> any(int depth) {
    return depth > 0 && choices_.one_in(2) ? nested(depth - 1) : flat();
  }

  std::shared_ptr<arrow::Field> field(const std::string& name, int depth) {
    const auto type = any(depth);
    return arrow::field(name, type, type->id() == arrow::Type::NA || !choices_.one_in(5));
  }

 private:
  std::shared_ptr<arrow::DataType> flat() {
    switch (choices_.below(5)) {
      case 0:
        return number();
      case 1:
        return time();
      case 2:
        return decimal();
      default:
        return text();
    }
  }

  std::shared_ptr<arrow::DataType> number() {
    return choices_.any_of(
        std::array{arrow::null(), arrow::boolean(), arrow::int8(), arrow::int16(), arrow::int32(),
                   arrow::int64(), arrow::uint8(), arrow::uint16(), arrow::uint32(),
                   arrow::uint64(), arrow::float16(), arrow::float32(), arrow::float64()});
  }

  std::shared_ptr<arrow::DataType> text() {
    const auto width = static_cast<int32_t>(choices_.below(20));
    return choices_.any_of(std::array{arrow::utf8(), arrow::utf8(), arrow::large_utf8(),
                                      arrow::utf8_view(), arrow::binary(), arrow::large_binary(),
                                      arrow::binary_view(), arrow::fixed_size_binary(width)});
  }

  std::shared_ptr<arrow::DataType> time() {
    using arrow::TimeUnit;
    const auto unit = choices_.any_of(
        std::array{TimeUnit::SECOND, TimeUnit::MILLI, TimeUnit::MICRO, TimeUnit::NANO});
    const bool coarse = unit == TimeUnit::SECOND || unit == TimeUnit::MILLI;
    const auto zone = choices_.any_of(
        std::array<std::string, 5>{"UTC", "Europe/Berlin", "America/St_Johns", "+01:00", "-09:30"});
    return choices_.any_of(std::array{
        arrow::date32(), arrow::date64(), arrow::timestamp(unit), arrow::timestamp(unit, zone),
        arrow::duration(unit), coarse ? arrow::time32(unit) : arrow::time64(unit),
        arrow::month_interval(), arrow::day_time_interval(), arrow::month_day_nano_interval()});
  }

  std::shared_ptr<arrow::DataType> decimal() {
    constexpr std::array kDigits = {9, 18, 38, 73};
    const auto width = choices_.below(4);
    const auto digits =
        static_cast<int32_t>(choices_.between(1, kDigits[static_cast<size_t>(width)]));
    const auto scale = static_cast<int32_t>(choices_.between(-3, digits + 2));
    switch (width) {
      case 0:
        return arrow::decimal32(digits, scale);
      case 1:
        return arrow::decimal64(digits, scale);
      case 2:
        return arrow::decimal128(digits, scale);
      default:
        return arrow::decimal256(digits, scale);
    }
  }

  std::shared_ptr<arrow::DataType> nested(int depth) {
    switch (choices_.below(8)) {
      case 0:
        return arrow::list(field("item", depth));
      case 1:
        return arrow::large_list(field("element", depth));
      case 2:
        return choices_.one_in(2) ? arrow::list_view(field("item", depth))
                                  : arrow::large_list_view(field("item", depth));
      case 3:
        return arrow::fixed_size_list(field("item", depth),
                                      static_cast<int32_t>(choices_.below(4)));
      case 4:
        return structure(depth);
      case 5:
        return std::make_shared<arrow::MapType>(arrow::field("key", map_key(), false),
                                                field("value", depth), choices_.one_in(2));
      case 6:
        return arrow::dictionary(
            choices_.any_of(std::array{arrow::int8(), arrow::uint8(), arrow::int16(),
                                       arrow::int32(), arrow::uint32(), arrow::int64()}),
            flat_but_null(), choices_.one_in(3));
      default:
        return arrow::run_end_encoded(
            choices_.any_of(std::array{arrow::int16(), arrow::int32(), arrow::int64()}),
            flat_but_null());
    }
  }

  std::shared_ptr<arrow::DataType> structure(int depth) {
    arrow::FieldVector fields;
    const int64_t count = choices_.below(4);
    for (int64_t i = 0; i < count; ++i)
      fields.push_back(field(std::string(1, static_cast<char>('a' + i)), depth));
    return arrow::struct_(fields);
  }

  std::shared_ptr<arrow::DataType> flat_but_null() {
    auto type = flat();
    while (type->id() == arrow::Type::NA) type = flat();
    return type;
  }

  std::shared_ptr<arrow::DataType> map_key() { return flat_but_null(); }

  Choices& choices_;
};

}  // namespace cairn::testing
