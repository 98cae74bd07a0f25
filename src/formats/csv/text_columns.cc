#include "formats/csv/text_columns.h"

#include <arrow/api.h>
#include <arrow/buffer_builder.h>
#include <fmt/format.h>

#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include "data/arrow_error.h"
#include "formats/csv/formula.h"
#include "formats/csv/validity.h"
#include "formats/csv/values_of_text.h"
#include "formats/json_text_reader.h"

namespace cairn::formats {
namespace {

using ArrayPtr = std::shared_ptr<arrow::Array>;
using TypePtr = std::shared_ptr<arrow::DataType>;

constexpr std::string_view kDoing = "build a column";

/// What all columns share: the loop over fields, compiled once for each kind of value. A `Column`
/// has reserve_more(fields), append_null() and append_value(text).
template <typename Column>
class TextColumnOf : public TextColumn {
 public:
  void append_null() final {
    self().reserve_more({}, 1, 0);
    self().append_one_null();
  }

  bool append(std::string_view text) final {
    self().reserve_more(text, 1, text.size());
    return self().append_value(text);
  }

  size_t append(const TextFields& fields) final {
    size_t bytes = 0;
    for (size_t i = 0; i < fields.count; ++i) bytes += fields[i].size;
    self().reserve_more(fields.text, fields.count, bytes);
    for (size_t i = 0; i < fields.count; ++i) {
      const CsvField& field = fields[i];
      if (fields.is_null(field)) {
        self().append_one_null();
        continue;
      }
      std::string_view text = fields[field];
      if (field.escaped != 0) text = undouble_quotes(text, scratch_);
      if (!self().append_value(text)) return i;
    }
    return fields.count;
  }

 private:
  Column& self() { return static_cast<Column&>(*this); }

  std::string scratch_;
};

/// Values of one size, which `Parse` makes of their texts: bool(std::string_view, Value*).
template <typename Value, typename Parse>
class FixedWidthColumn final : public TextColumnOf<FixedWidthColumn<Value, Parse>> {
 public:
  FixedWidthColumn(TypePtr type, Parse parse, arrow::MemoryPool* pool)
      : type_(std::move(type)), parse_(std::move(parse)), validity_(pool), values_(pool) {}

  void reserve(int64_t values) override { check(values_.Reserve(values), kDoing); }

  void reserve_more(std::string_view, size_t values, size_t) {
    check(values_.Reserve(static_cast<int64_t>(values)), kDoing);
  }

  void append_one_null() {
    validity_.append_null();
    values_.UnsafeAppend(Value{});
  }

  bool append_value(std::string_view text) {
    Value value;
    if (!parse_(text, &value)) return false;
    validity_.append_valid();
    values_.UnsafeAppend(value);
    return true;
  }

  ArrayPtr finish() override {
    const int64_t length = values_.length();
    auto validity = validity_.finish();
    auto values = value_or_throw(values_.Finish(), kDoing);
    return arrow::MakeArray(
        arrow::ArrayData::Make(type_, length, {std::move(validity), std::move(values)}));
  }

 private:
  TypePtr type_;
  Parse parse_;
  Validity validity_;
  arrow::TypedBufferBuilder<Value> values_;
};

class NullColumn final : public TextColumnOf<NullColumn> {
 public:
  void reserve(int64_t) override {}
  void reserve_more(std::string_view, size_t, size_t) {}
  void append_one_null() { ++length_; }
  bool append_value(std::string_view) { return false; }
  ArrayPtr finish() override { return std::make_shared<arrow::NullArray>(length_); }

 private:
  int64_t length_ = 0;
};

/// Strings, and what else has values of any length.
template <typename Offset>
class StringColumn final : public TextColumnOf<StringColumn<Offset>> {
 public:
  StringColumn(TypePtr type, bool guarded, arrow::MemoryPool* pool)
      : type_(std::move(type)), guarded_(guarded), validity_(pool), offsets_(pool), bytes_(pool) {}

  void reserve(int64_t values) override { check(offsets_.Reserve(values + 1), kDoing); }

  void reserve_more(std::string_view source, size_t values, size_t bytes) {
    source_ = source.data();
    copyable_ = source.size() < kShort ? 0 : source.size() - kShort + 1;
    if (bytes_.length() + static_cast<int64_t>(bytes) > std::numeric_limits<Offset>::max())
      throw Error(ErrorKind::unsupported, "a column of strings is too long for 32-bit offsets");
    check(offsets_.Reserve(static_cast<int64_t>(values) + 1), kDoing);
    check(bytes_.Reserve(static_cast<int64_t>(bytes + kShort)), kDoing);
  }

  void append_one_null() {
    validity_.append_null();
    offsets_.UnsafeAppend(static_cast<Offset>(bytes_.length()));
  }

  bool append_value(std::string_view text) {
    validity_.append_valid();
    offsets_.UnsafeAppend(static_cast<Offset>(bytes_.length()));
    if (guarded_ && is_guarded_by_escape(text)) text.remove_prefix(1);
    uint8_t* to = bytes_.mutable_data() + bytes_.length();
    // Sixteen bytes cost less to copy than as many as there are. There is room for them after every
    // value, and they can be read unless `text` is not in the source (wraps around) or at its end.
    const auto at = reinterpret_cast<uintptr_t>(text.data()) - reinterpret_cast<uintptr_t>(source_);
    if (text.size() <= kShort && at < copyable_) {
      std::memcpy(to, text.data(), kShort);
    } else if (!text.empty()) {
      std::memcpy(to, text.data(), text.size());
    }
    bytes_.UnsafeAdvance(static_cast<int64_t>(text.size()));
    return true;
  }

  ArrayPtr finish() override {
    const int64_t length = offsets_.length();
    check(offsets_.Append(static_cast<Offset>(bytes_.length())), kDoing);
    auto validity = validity_.finish();
    auto offsets = value_or_throw(offsets_.Finish(), kDoing);
    auto bytes = value_or_throw(bytes_.Finish(), kDoing);
    return arrow::MakeArray(arrow::ArrayData::Make(
        type_, length, {std::move(validity), std::move(offsets), std::move(bytes)}));
  }

 private:
  static constexpr size_t kShort = 16;

  TypePtr type_;
  bool guarded_;
  const char* source_ = nullptr;  // the text that values are copied from
  size_t copyable_ = 0;           // sixteen bytes can be read from so many of its positions
  Validity validity_;
  arrow::TypedBufferBuilder<Offset> offsets_;
  arrow::BufferBuilder bytes_;
};

/// Values that an Arrow builder takes: base64 of `Builder`'s binary type.
template <typename Builder>
class Base64Column final : public TextColumnOf<Base64Column<Builder>> {
 public:
  Base64Column(const TypePtr& type, arrow::MemoryPool* pool) : builder_(type, pool) {}

  void reserve(int64_t values) override { check(builder_.Reserve(values), kDoing); }
  void reserve_more(std::string_view, size_t, size_t) {}
  void append_one_null() { check(builder_.AppendNull(), kDoing); }

  bool append_value(std::string_view text) {
    bytes_.clear();
    if (!parse_base64(text, &bytes_)) return false;
    if constexpr (std::is_same_v<Builder, arrow::FixedSizeBinaryBuilder>) {
      if (bytes_.size() != static_cast<size_t>(builder_.byte_width())) return false;
    }
    check(builder_.Append(bytes_), kDoing);
    return true;
  }

  ArrayPtr finish() override { return value_or_throw(builder_.Finish(), kDoing); }

 private:
  Builder builder_;
  std::string bytes_;
};

/// Nested values as JSON.
class JsonColumn final : public TextColumnOf<JsonColumn> {
 public:
  JsonColumn(const TypePtr& type, arrow::MemoryPool* pool) : reader_(type, pool) {}

  void reserve(int64_t) override {}
  void reserve_more(std::string_view, size_t, size_t) {}
  void append_one_null() { reader_.append_null(); }
  bool append_value(std::string_view text) { return reader_.append(text); }
  ArrayPtr finish() override { return reader_.finish(); }

 private:
  JsonTextReader reader_;
};

template <typename Value, typename Parse>
std::unique_ptr<TextColumn> fixed_width(const TypePtr& type, arrow::MemoryPool* pool, Parse parse) {
  return std::make_unique<FixedWidthColumn<Value, Parse>>(type, std::move(parse), pool);
}

template <typename T>
std::unique_ptr<TextColumn> integers(const TypePtr& type, arrow::MemoryPool* pool) {
  return fixed_width<T>(type, pool,
                        [](std::string_view text, T* value) { return parse_integer(text, value); });
}

template <typename T>
std::unique_ptr<TextColumn> floats(const TypePtr& type, arrow::MemoryPool* pool) {
  return fixed_width<T>(type, pool,
                        [](std::string_view text, T* value) { return parse_float(text, value); });
}

int fraction_digits(arrow::TimeUnit::type unit) {
  return 3 * static_cast<int>(unit);
}
static_assert(arrow::TimeUnit::SECOND == 0 && arrow::TimeUnit::NANO == 3);

template <typename T>
std::unique_ptr<TextColumn> times(const TypePtr& type, arrow::MemoryPool* pool) {
  const int digits = fraction_digits(static_cast<const arrow::TimeType&>(*type).unit());
  return fixed_width<T>(type, pool, [digits](std::string_view text, T* value) {
    int64_t time = 0;
    const bool ok = parse_time_of_day(text, digits, &time);
    *value = static_cast<T>(time);  // less than a day, which the type holds in its units
    return ok;
  });
}

template <typename T>
std::unique_ptr<TextColumn> dates(const TypePtr& type, int64_t units_per_day,
                                  arrow::MemoryPool* pool) {
  return fixed_width<T>(type, pool, [units_per_day](std::string_view text, T* value) {
    int64_t days = 0;
    return parse_date(text, &days) && !__builtin_mul_overflow(days, units_per_day, value);
  });
}

std::unique_ptr<TextColumn> timestamps(const TypePtr& type, arrow::MemoryPool* pool) {
  const auto& timestamp = static_cast<const arrow::TimestampType&>(*type);
  const int digits = fraction_digits(timestamp.unit());
  const bool zoned = !timestamp.timezone().empty();
  return fixed_width<int64_t>(type, pool, [digits, zoned](std::string_view text, int64_t* value) {
    return parse_timestamp(text, digits, zoned, value);
  });
}

template <typename Decimal>
std::unique_ptr<TextColumn> decimals(const TypePtr& type, arrow::MemoryPool* pool) {
  const auto& decimal = static_cast<const arrow::DecimalType&>(*type);
  const int32_t precision = decimal.precision();
  const int32_t scale = decimal.scale();
  using Bytes = std::array<uint8_t, sizeof(Decimal)>;
  return fixed_width<Bytes>(type, pool, [precision, scale](std::string_view text, Bytes* value) {
    Decimal number;
    const bool ok = parse_decimal(text, precision, scale, &number);
    number.ToBytes(value->data());
    return ok;
  });
}

}  // namespace

std::unique_ptr<TextColumn> make_text_column(const TypePtr& type, bool guarded,
                                             arrow::MemoryPool* pool) {
  switch (type->id()) {
    case arrow::Type::NA:
      return std::make_unique<NullColumn>();
    case arrow::Type::BOOL:
      return fixed_width<bool>(type, pool, parse_bool);
    case arrow::Type::INT8:
      return integers<int8_t>(type, pool);
    case arrow::Type::INT16:
      return integers<int16_t>(type, pool);
    case arrow::Type::INT32:
    case arrow::Type::INTERVAL_MONTHS:
      return integers<int32_t>(type, pool);
    case arrow::Type::INT64:
    case arrow::Type::DURATION:
      return integers<int64_t>(type, pool);
    case arrow::Type::UINT8:
      return integers<uint8_t>(type, pool);
    case arrow::Type::UINT16:
      return integers<uint16_t>(type, pool);
    case arrow::Type::UINT32:
      return integers<uint32_t>(type, pool);
    case arrow::Type::UINT64:
      return integers<uint64_t>(type, pool);
    case arrow::Type::HALF_FLOAT:
      return fixed_width<uint16_t>(type, pool, parse_half_float);
    case arrow::Type::FLOAT:
      return floats<float>(type, pool);
    case arrow::Type::DOUBLE:
      return floats<double>(type, pool);
    case arrow::Type::DATE32:
      return dates<int32_t>(type, 1, pool);
    case arrow::Type::DATE64:
      return dates<int64_t>(type, 86'400'000, pool);
    case arrow::Type::TIME32:
      return times<int32_t>(type, pool);
    case arrow::Type::TIME64:
      return times<int64_t>(type, pool);
    case arrow::Type::TIMESTAMP:
      return timestamps(type, pool);
    case arrow::Type::DECIMAL32:
      return decimals<arrow::Decimal32>(type, pool);
    case arrow::Type::DECIMAL64:
      return decimals<arrow::Decimal64>(type, pool);
    case arrow::Type::DECIMAL128:
      return decimals<arrow::Decimal128>(type, pool);
    case arrow::Type::DECIMAL256:
      return decimals<arrow::Decimal256>(type, pool);
    case arrow::Type::STRING:
      return std::make_unique<StringColumn<int32_t>>(type, guarded, pool);
    case arrow::Type::LARGE_STRING:
      return std::make_unique<StringColumn<int64_t>>(type, guarded, pool);
    case arrow::Type::BINARY:
      return std::make_unique<Base64Column<arrow::BinaryBuilder>>(type, pool);
    case arrow::Type::LARGE_BINARY:
      return std::make_unique<Base64Column<arrow::LargeBinaryBuilder>>(type, pool);
    case arrow::Type::FIXED_SIZE_BINARY:
      return std::make_unique<Base64Column<arrow::FixedSizeBinaryBuilder>>(type, pool);
    case arrow::Type::INTERVAL_DAY_TIME:
    case arrow::Type::INTERVAL_MONTH_DAY_NANO:
    case arrow::Type::LIST:
    case arrow::Type::LARGE_LIST:
    case arrow::Type::FIXED_SIZE_LIST:
    case arrow::Type::STRUCT:
    case arrow::Type::MAP:
      return std::make_unique<JsonColumn>(type, pool);
    default:
      throw Error(ErrorKind::unsupported,
                  fmt::format("values of type {} have no CSV text", type->ToString()));
  }
}

}  // namespace cairn::formats
