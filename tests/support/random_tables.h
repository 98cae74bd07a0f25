#pragma once

#include <arrow/api.h>
#include <arrow/util/decimal.h>
#include <arrow/util/float16.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "data/arrow_error.h"
#include "support/random_types.h"

namespace cairn::testing {

/// Random values of any type but union, with what formats get wrong made likely: extremes, text
/// that looks like something else, and null slots that hold anything.
class RandomArrays {
 public:
  explicit RandomArrays(Choices& choices) : choices_(choices) {}

  std::shared_ptr<arrow::Array> of(const arrow::Field& field, int64_t rows) {
    return of(field.type(), rows, field.nullable());
  }

  std::shared_ptr<arrow::Array> of(const std::shared_ptr<arrow::DataType>& type, int64_t rows,
                                   bool nullable) {
    if (type->id() == arrow::Type::NA)
      return value_or_throw(arrow::MakeArrayOfNull(type, rows), "make nulls");
    if (type->id() == arrow::Type::RUN_END_ENCODED) return runs(type, rows, nullable);
    if (type->id() == arrow::Type::DICTIONARY) {
      const auto full = dictionary(type, rows, nullable && choices_.one_in(4));
      return nullable && choices_.one_in(2) ? with_nulls(*full) : full;
    }
    const auto full = without_nulls(type, rows);
    return nullable && !choices_.one_in(4) ? with_nulls(*full) : full;
  }

  /// Text in which anything that a format gives a meaning is likely.
  std::string text() {
    static const std::vector<std::string> kPieces = {"a",
                                                     "Lisboa",
                                                     ",",
                                                     ";",
                                                     "\t",
                                                     "|",
                                                     "\"",
                                                     "\"\"",
                                                     "'",
                                                     "\n",
                                                     "\r",
                                                     "\r\n",
                                                     " ",
                                                     "  ",
                                                     "=1+1",
                                                     "+",
                                                     "-",
                                                     "@SUM(A1)",
                                                     "\xEF\xBC\x9D",
                                                     "'=",
                                                     "NULL",
                                                     "null",
                                                     "NA",
                                                     "nan",
                                                     "NaN",
                                                     "INF",
                                                     "N/A",
                                                     "None",
                                                     "true",
                                                     "0",
                                                     "-0.0",
                                                     "01037",
                                                     "1e5",
                                                     "2024-02-29",
                                                     "[1]",
                                                     "{}",
                                                     "\xF0\x9F\xAA\xA8",
                                                     "e\xCC\x81",
                                                     "\xD7\xA9\xD7\x9C",
                                                     "\xE2\x80\xAE",
                                                     "\xEF\xBB\xBF",
                                                     "\xC2\x85",
                                                     "\xE2\x80\xA8",
                                                     "\\",
                                                     "\\n",
                                                     "#",
                                                     "\x01",
                                                     "\x7F",
                                                     std::string(1, '\0')};
    std::string text;
    for (int64_t pieces = choices_.below(4); pieces > 0; --pieces) text += choices_.any_of(kPieces);
    if (choices_.one_in(50)) text += std::string(static_cast<size_t>(choices_.below(300)), 'x');
    return text;
  }

 private:
  using Data = std::shared_ptr<arrow::ArrayData>;
  using Type = std::shared_ptr<arrow::DataType>;

  // The same slots, some of them null: what is beneath a null must not show anywhere.
  std::shared_ptr<arrow::Array> with_nulls(const arrow::Array& array) {
    const auto data = array.data()->Copy();
    const int64_t nulls_in = choices_.any_of(std::array<int64_t, 4>{1, 2, 3, 20});
    std::vector<uint8_t> valid(static_cast<size_t>((array.length() + 7) / 8));
    for (int64_t i = 0; i < array.length(); ++i)
      if (!choices_.one_in(nulls_in)) valid[static_cast<size_t>(i / 8)] |= 1U << (i % 8);
    data->buffers[0] = arrow::Buffer::FromVector(std::move(valid));
    data->null_count = arrow::kUnknownNullCount;
    return arrow::MakeArray(data);
  }

  std::shared_ptr<arrow::Array> without_nulls(const Type& type, int64_t rows) {
    using arrow::Type;
    switch (type->id()) {
      case Type::LIST:
      case Type::MAP:
        return list<int32_t>(type, rows);
      case Type::LARGE_LIST:
        return list<int64_t>(type, rows);
      case Type::LIST_VIEW:
        return list_view<int32_t>(type, rows);
      case Type::LARGE_LIST_VIEW:
        return list_view<int64_t>(type, rows);
      case Type::FIXED_SIZE_LIST: {
        const auto size = static_cast<const arrow::FixedSizeListType&>(*type).list_size();
        return made(type, rows, {nullptr}, {of(*type->field(0), rows * size)->data()});
      }
      case Type::STRUCT: {
        std::vector<Data> members;
        for (const auto& field : type->fields()) members.push_back(of(*field, rows)->data());
        return made(type, rows, {nullptr}, members);
      }
      case Type::STRING:
      case Type::LARGE_STRING:
      case Type::STRING_VIEW:
      case Type::BINARY:
      case Type::LARGE_BINARY:
      case Type::BINARY_VIEW:
        return texts(type, rows);
      default:
        return made(type, rows, {nullptr, fixed_width(*type, rows)}, {});
    }
  }

  static std::shared_ptr<arrow::Array> made(const Type& type, int64_t rows,
                                            std::vector<std::shared_ptr<arrow::Buffer>> buffers,
                                            const std::vector<Data>& children) {
    return arrow::MakeArray(
        arrow::ArrayData::Make(type, rows, std::move(buffers), children, /*null_count=*/0));
  }

  template <typename Offset>
  std::shared_ptr<arrow::Array> list(const Type& type, int64_t rows) {
    std::vector<Offset> offsets = {static_cast<Offset>(choices_.below(3))};
    for (int64_t i = 0; i < rows; ++i)
      offsets.push_back(offsets.back() + static_cast<Offset>(choices_.below(4)));
    const auto items =
        of(*type->field(0), static_cast<int64_t>(offsets.back()) + choices_.below(3));
    return made(type, rows, {nullptr, arrow::Buffer::FromVector(std::move(offsets))},
                {items->data()});
  }

  // Lists that overlap and come in any order.
  template <typename Offset>
  std::shared_ptr<arrow::Array> list_view(const Type& type, int64_t rows) {
    const int64_t items = 1 + rows;
    std::vector<Offset> offsets;
    std::vector<Offset> sizes;
    for (int64_t i = 0; i < rows; ++i) {
      offsets.push_back(static_cast<Offset>(choices_.below(items)));
      sizes.push_back(
          static_cast<Offset>(choices_.below(std::min<int64_t>(4, items - offsets.back() + 1))));
    }
    return made(type, rows,
                {nullptr, arrow::Buffer::FromVector(std::move(offsets)),
                 arrow::Buffer::FromVector(std::move(sizes))},
                {of(*type->field(0), items)->data()});
  }

  // Entries may repeat, be null, or be used by no row. The dictionaries of several batches may have
  // more entries together than their indices can count.
  std::shared_ptr<arrow::Array> dictionary(const Type& type, int64_t rows, bool null_entries) {
    const auto& layout = static_cast<const arrow::DictionaryType&>(*type);
    const int64_t entries = choices_.between(1, choices_.one_in(4) ? 127 : 30);
    const auto builder = value_or_throw(arrow::MakeBuilder(layout.index_type()), "make a builder");
    for (int64_t i = 0; i < rows; ++i) {
      const auto index = value_or_throw(
          arrow::MakeScalar(layout.index_type(), choices_.below(entries)), "make an index");
      check(builder->AppendScalar(*index), "append an index");
    }
    const auto indices = value_or_throw(builder->Finish(), "make indices");
    return value_or_throw(arrow::DictionaryArray::FromArrays(
                              type, indices, of(layout.value_type(), entries, null_entries)),
                          "make a dictionary");
  }

  std::shared_ptr<arrow::Array> runs(const Type& type, int64_t rows, bool nullable) {
    const auto& layout = static_cast<const arrow::RunEndEncodedType&>(*type);
    const auto ends = value_or_throw(arrow::MakeBuilder(layout.run_end_type()), "make a builder");
    int64_t count = 0;
    for (int64_t end = 0; end < rows; ++count) {
      end = std::min(rows, end + choices_.between(1, 1 + rows / 8));
      check(ends->AppendScalar(
                *value_or_throw(arrow::MakeScalar(layout.run_end_type(), end), "make a run end")),
            "append a run end");
    }
    return value_or_throw(
        arrow::RunEndEncodedArray::Make(rows, value_or_throw(ends->Finish(), "make run ends"),
                                        of(layout.value_type(), count, nullable)),
        "make runs");
  }

  std::shared_ptr<arrow::Array> texts(const Type& type, int64_t rows) {
    const bool is_text = arrow::is_string(type->id()) || type->id() == arrow::Type::STRING_VIEW;
    const auto builder = value_or_throw(arrow::MakeBuilder(type), "make a builder");
    for (int64_t i = 0; i < rows; ++i) {
      const auto value = value_or_throw(
          arrow::MakeScalar(type, arrow::Buffer::FromString(is_text ? text() : bytes())), "make");
      check(builder->AppendScalar(*value), "append a text");
    }
    return value_or_throw(builder->Finish(), "make texts");
  }

  std::string bytes() {
    std::string bytes(static_cast<size_t>(choices_.below(20)), '\0');
    for (char& byte : bytes) byte = static_cast<char>(choices_.bits());
    return bytes;
  }

  std::shared_ptr<arrow::Buffer> fixed_width(const arrow::DataType& type, int64_t rows) {
    using arrow::Type;
    constexpr int64_t kSecondsOfDay = 86400;
    switch (type.id()) {
      case Type::BOOL:
        return values<uint8_t>((rows + 7) / 8, [&] { return choices_.bits(); });
      case Type::HALF_FLOAT:
        return values<uint16_t>(rows, [&] { return half(); });
      case Type::FLOAT:
        return values<float>(rows, [&] { return floating<float>(); });
      case Type::DOUBLE:
        return values<double>(rows, [&] { return floating<double>(); });
      case Type::DATE64:
        return values<int64_t>(rows,
                               [&] { return int64_t{integer<int32_t>()} * kSecondsOfDay * 1000; });
      case Type::TIME32:
      case Type::TIME64:
        return times(type, rows, kSecondsOfDay);
      case Type::TIMESTAMP:
        // Parquet has no seconds; beyond these there are no milliseconds.
        if (static_cast<const arrow::TimestampType&>(type).unit() == arrow::TimeUnit::SECOND)
          return values<int64_t>(rows, [&] { return integer<int64_t>() / 1000; });
        return values<int64_t>(rows, [&] { return integer<int64_t>(); });
      case Type::DECIMAL32:
      case Type::DECIMAL64:
      case Type::DECIMAL128:
      case Type::DECIMAL256:
        return decimals(static_cast<const arrow::DecimalType&>(type), rows);
      case Type::INTERVAL_MONTH_DAY_NANO:
        return values<arrow::MonthDayNanoIntervalType::MonthDayNanos>(rows, [&] {
          return arrow::MonthDayNanoIntervalType::MonthDayNanos{
              integer<int32_t>(), integer<int32_t>(), integer<int64_t>()};
        });
      default:
        return integers(static_cast<const arrow::FixedWidthType&>(type), rows);
    }
  }

  template <typename Value, typename Next>
  std::shared_ptr<arrow::Buffer> values(int64_t count, const Next& next) {
    std::vector<Value> values;
    values.reserve(static_cast<size_t>(count));
    for (int64_t i = 0; i < count; ++i) values.push_back(static_cast<Value>(next()));
    return arrow::Buffer::FromVector(std::move(values));
  }

  std::shared_ptr<arrow::Buffer> integers(const arrow::FixedWidthType& type, int64_t rows) {
    switch (type.bit_width()) {
      case 8:
        return values<int8_t>(rows, [&] { return integer<int8_t>(); });
      case 16:
        return values<int16_t>(rows, [&] { return integer<int16_t>(); });
      case 32:
        return values<int32_t>(rows, [&] { return integer<int32_t>(); });
      case 64:
        return values<int64_t>(rows, [&] { return integer<int64_t>(); });
      default:  // binary of a fixed size
        return values<uint8_t>(rows * (type.bit_width() / 8), [&] { return choices_.bits(); });
    }
  }

  template <typename Integer>
  Integer integer() {
    using Limits = std::numeric_limits<Integer>;
    switch (choices_.below(4)) {
      case 0:
        return choices_.any_of(
            std::array<Integer, 6>{Limits::min(), Limits::max(), 0, 1, -1, Limits::max() - 1});
      case 1:
        return static_cast<Integer>(choices_.between(-100, 100));
      default:
        // Of any size, not nearly always of the greatest.
        return static_cast<Integer>(static_cast<int64_t>(choices_.bits()) >> choices_.below(64));
    }
  }

  template <typename Float>
  Float floating() {
    using Limits = std::numeric_limits<Float>;
    switch (choices_.below(4)) {
      case 0:
        return choices_.any_of(std::array<Float, 9>{
            Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity(), Float{0}, -Float{0},
            Limits::max(), Limits::lowest(), Limits::min(), Limits::denorm_min()});
      case 1:
        return static_cast<Float>(choices_.between(-100000, 100000)) / 100;
      default: {
        const uint64_t bits = choices_.bits();
        Float value;
        std::memcpy(&value, &bits, sizeof value);
        return value;
      }
    }
  }

  uint16_t half() {
    return choices_.one_in(2)
               ? static_cast<uint16_t>(choices_.bits())
               : arrow::util::Float16(static_cast<float>(choices_.between(-50, 50)) / 4).bits();
  }

  std::shared_ptr<arrow::Buffer> times(const arrow::DataType& type, int64_t rows, int64_t seconds) {
    const auto unit = static_cast<const arrow::TimeType&>(type).unit();
    const auto per_second = static_cast<int64_t>(std::pow(1000, static_cast<int>(unit)));
    const auto next = [&] {
      return choices_.one_in(8) ? seconds * per_second - 1 : choices_.below(seconds * per_second);
    };
    return type.id() == arrow::Type::TIME32 ? values<int32_t>(rows, next)
                                            : values<int64_t>(rows, next);
  }

  // As many digits as the precision allows, or fewer.
  std::shared_ptr<arrow::Buffer> decimals(const arrow::DecimalType& type, int64_t rows) {
    std::string bytes;
    for (int64_t i = 0; i < rows; ++i) {
      std::string digits(choices_.one_in(2) ? "-" : "");
      for (int64_t count = choices_.between(1, type.precision()); count > 0; --count)
        digits += static_cast<char>('0' + (choices_.one_in(2) ? 9 : choices_.below(10)));
      const auto value =
          value_or_throw(arrow::Decimal256::FromString(digits), "make a decimal").ToBytes();
      bytes.append(reinterpret_cast<const char*>(value.data()),
                   static_cast<size_t>(type.byte_width()));
    }
    return arrow::Buffer::FromString(std::move(bytes));
  }

  Choices& choices_;
};

/// A table as a source hands it on: some batches, sliced from longer arrays, each with its own
/// dictionaries.
struct RandomTable {
  std::shared_ptr<arrow::Schema> schema;
  arrow::RecordBatchVector batches;

  std::shared_ptr<arrow::RecordBatchReader> read() const {
    return value_or_throw(arrow::RecordBatchReader::Make(batches, schema), "read a table");
  }
};

/// Column names that need quotes, look like values or are none at all; all different.
inline std::string random_name(Choices& choices, int column) {
  static const std::vector<std::string> kNames = {
      "id", "Größe", "a,b", "say \"x\"", "two\nlines", " space ", "=1+1", "a.b", "null", "", "\t"};
  const std::string name = choices.any_of(kNames);
  return column == 0 ? name : name + std::to_string(column);
}

/// The table of this seed: few columns of any type, and mostly few rows, but sometimes none, more
/// than a stride or more than a block.
inline RandomTable random_table(uint64_t seed) {
  Choices choices(seed);
  RandomArrays arrays(choices);
  const bool large = choices.one_in(100);
  RandomTypes types(choices);
  arrow::FieldVector fields;
  const auto columns = static_cast<int>(choices.between(1, large ? 3 : 8));
  for (int i = 0; i < columns; ++i)
    fields.push_back(types.field(random_name(choices, i), large ? 1 : 3));

  RandomTable table{arrow::schema(fields), {}};
  for (int64_t batches = choices.below(4); batches >= 0; --batches) {
    const int64_t rows =
        large ? 30'000
              : choices.any_of(std::array<int64_t, 10>{0, 1, 2, 5, 9, 17, 64, 100, 300, 2'500});
    const int64_t skipped = choices.below(10);
    arrow::ArrayVector arrays_of_batch;
    for (const auto& field : fields)
      arrays_of_batch.push_back(arrays.of(*field, skipped + rows + 3));
    table.batches.push_back(
        arrow::RecordBatch::Make(table.schema, skipped + rows + 3, arrays_of_batch)
            ->Slice(skipped, rows));
  }
  return table;
}

}  // namespace cairn::testing
