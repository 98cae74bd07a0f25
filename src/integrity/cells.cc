#include "integrity/cells.h"

#include <arrow/api.h>
#include <arrow/util/float16.h>

#include <bit>
#include <cmath>
#include <limits>

#include "base/names.h"
#include "cairn/error.h"
#include "data/arrow_error.h"
#include "data/content_digest.h"
#include "formats/json_text.h"

namespace cairn::integrity {
namespace {

using arrow::Decimal256;

constexpr double kExactIntegers = 9007199254740992.0;  // 2^53

template <typename ArrayType>
void read_whole(Cells& cells, int64_t factor = 1) {
  cells.whole = [values = static_cast<const ArrayType*>(cells.array.get()), factor](int64_t row) {
    return static_cast<int128>(values->Value(row)) * factor;
  };
}

template <typename ArrayType>
void read_view(Cells& cells) {
  cells.view = [values = static_cast<const ArrayType*>(cells.array.get())](int64_t row) {
    return std::string_view(values->GetView(row));
  };
}

template <typename ArrayType>
void read_real(Cells& cells) {
  cells.real = [values = static_cast<const ArrayType*>(cells.array.get())](int64_t row) {
    if constexpr (std::is_same_v<ArrayType, arrow::HalfFloatArray>) {
      return arrow::util::Float16::FromBits(values->Value(row)).ToDouble();
    } else {
      return static_cast<double>(values->Value(row));
    }
  };
}

template <typename ArrayType, typename Decimal>
void read_decimal(Cells& cells) {
  cells.scale = static_cast<const arrow::DecimalType&>(*cells.array->type()).scale();
  cells.decimal = [values = static_cast<const ArrayType*>(cells.array.get())](int64_t row) {
    const Decimal value(values->GetValue(row));
    if constexpr (std::is_same_v<Decimal, arrow::Decimal32> ||
                  std::is_same_v<Decimal, arrow::Decimal64>) {
      return Decimal256(static_cast<int64_t>(value));
    } else {
      return Decimal256(value);
    }
  };
}

int64_t nanoseconds_in(arrow::TimeUnit::type unit) {
  switch (unit) {
    case arrow::TimeUnit::SECOND:
      return 1'000'000'000;
    case arrow::TimeUnit::MILLI:
      return 1'000'000;
    case arrow::TimeUnit::MICRO:
      return 1'000;
    case arrow::TimeUnit::NANO:
      return 1;
  }
  return 1;
}

template <typename Type, typename ArrayType>
void read_time(Cells& cells) {
  read_whole<ArrayType>(cells,
                        nanoseconds_in(static_cast<const Type&>(*cells.array->type()).unit()));
}

bool same_integer(int128 whole, double real) {
  return std::abs(real) <= kExactIntegers && real == std::trunc(real) &&
         static_cast<int128>(real) == whole;
}

bool within(double original, double exported, const Tolerance& tolerance) {
  if (std::isnan(original) || std::isnan(exported))
    return std::isnan(original) && std::isnan(exported);
  if (original == exported) return true;
  if (std::isinf(original) || std::isinf(exported)) return false;
  return std::abs(original - exported) <=
         tolerance.absolute + tolerance.relative * std::abs(original);
}

bool same_decimal(const Decimal256& a, int32_t a_scale, const Decimal256& b, int32_t b_scale) {
  if (a_scale == b_scale) return a == b;
  const int32_t scale = std::max(a_scale, b_scale);
  const auto a_rescaled = a.Rescale(a_scale, scale);
  const auto b_rescaled = b.Rescale(b_scale, scale);
  // A value that has no room at the finer scale is larger than any that is stored at it.
  return a_rescaled.ok() && b_rescaled.ok() && *a_rescaled == *b_rescaled;
}

Decimal256 decimal_of(int128 whole) {
  return Decimal256(
      arrow::Decimal128(static_cast<int64_t>(whole >> 64), static_cast<uint64_t>(whole)));
}

// Integers as decimals of scale 0.
std::function<Decimal256(int64_t)> as_decimal(const Cells& cells) {
  if (cells.kind == ValueClass::decimal) return cells.decimal;
  return [&cells](int64_t row) { return decimal_of(cells.whole(row)); };
}

// Numbers of any class as the nearest double.
std::function<double(int64_t)> as_real(const Cells& cells) {
  if (cells.kind == ValueClass::floating) return cells.real;
  if (cells.kind == ValueClass::decimal)
    return [&cells](int64_t row) { return cells.decimal(row).ToDouble(cells.scale); };
  return [&cells](int64_t row) { return static_cast<double>(cells.whole(row)); };
}

bool has_tolerance(const Tolerance& tolerance) {
  return tolerance.absolute > 0 || tolerance.relative > 0;
}

// Of two arrays of one type, by Arrow.
CellEquality make_composite_equality(const Cells& original, const Cells& exported) {
  return [a = original.array.get(), b = exported.array.get()](int64_t i, int64_t j) {
    return a->RangeEquals(*b, i, i + 1, j, arrow::EqualOptions::Defaults().nans_equal(true));
  };
}

CellEquality make_number_equality(const Cells& a, const Cells& b, const Tolerance& tolerance) {
  const bool any_floating = a.kind == ValueClass::floating || b.kind == ValueClass::floating;
  const bool any_decimal = a.kind == ValueClass::decimal || b.kind == ValueClass::decimal;
  if (any_floating && !any_decimal && a.kind != b.kind && !has_tolerance(tolerance)) {
    if (a.kind == ValueClass::floating)
      return [&](int64_t i, int64_t j) { return same_integer(b.whole(j), a.real(i)); };
    return [&](int64_t i, int64_t j) { return same_integer(a.whole(i), b.real(j)); };
  }
  if (any_floating) {
    return [original = as_real(a), exported = as_real(b), tolerance](int64_t i, int64_t j) {
      return within(original(i), exported(j), tolerance);
    };
  }
  if (any_decimal) {
    return [original = as_decimal(a), exported = as_decimal(b), a_scale = a.scale,
            b_scale = b.scale](int64_t i, int64_t j) {
      return same_decimal(original(i), a_scale, exported(j), b_scale);
    };
  }
  return [&](int64_t i, int64_t j) { return a.whole(i) == b.whole(j); };
}

void append_bytes(std::string& key, const void* bytes, size_t size) {
  key.append(static_cast<const char*>(bytes), size);
}

void append_whole(std::string& key, int128 whole) {
  key += 'i';
  append_bytes(key, &whole, sizeof whole);
}

// Doubles that are integers look like integers; NaNs look all the same, and both zeros too.
void append_real(std::string& key, double real) {
  constexpr double kWholeEnd = 9.2e18;
  if (std::abs(real) < kWholeEnd && real == std::trunc(real))
    return append_whole(key, static_cast<int128>(real));
  if (std::isnan(real)) real = std::numeric_limits<double>::quiet_NaN();
  const auto bits = std::bit_cast<uint64_t>(real);
  key += 'f';
  append_bytes(key, &bits, sizeof bits);
}

void append_decimal(std::string& key, Decimal256 value, int32_t scale) {
  const Decimal256 ten(10);
  while (value != Decimal256(0)) {
    const auto divided = value.Divide(ten);
    if (!divided.ok() || divided->second != Decimal256(0)) break;
    value = divided->first;
    --scale;
  }
  if (value == Decimal256(0)) scale = 0;
  key += 'd' + value.ToIntegerString() + 'e' + std::to_string(scale) + ';';
}

KeyEncoder make_value_encoder(const Cells& cells, ValueClass other) {
  if (cells.kind == ValueClass::null) return [](int64_t, std::string&) {};
  if (cells.kind == ValueClass::composite) {
    const auto batch =
        arrow::RecordBatch::Make(arrow::schema({arrow::field("value", cells.array->type())}),
                                 cells.array->length(), {cells.array});
    return [hashes = data::hash_rows(*batch)](int64_t row, std::string& key) {
      append_bytes(key, &hashes[static_cast<size_t>(row)], sizeof(data::Hash128));
    };
  }
  if (cells.view) {
    return [&cells](int64_t row, std::string& key) {
      const std::string_view view = cells.view(row);
      const size_t size = view.size();
      append_bytes(key, &size, sizeof size);
      key += view;
    };
  }
  if (cells.kind == ValueClass::floating || other == ValueClass::floating) {
    return [real = as_real(cells), &cells](int64_t row, std::string& key) {
      if (cells.whole) return append_whole(key, cells.whole(row));
      append_real(key, real(row));
    };
  }
  if (cells.kind == ValueClass::decimal || other == ValueClass::decimal) {
    return [value = as_decimal(cells), scale = cells.scale](int64_t row, std::string& key) {
      append_decimal(key, value(row), scale);
    };
  }
  return [&cells](int64_t row, std::string& key) { append_whole(key, cells.whole(row)); };
}

}  // namespace

ValueClass value_class(const arrow::DataType& plain) {
  using arrow::Type;
  const Type::type id = plain.id();
  if (arrow::is_integer(id)) return ValueClass::integer;
  if (arrow::is_floating(id)) return ValueClass::floating;
  if (arrow::is_decimal(id)) return ValueClass::decimal;
  if (arrow::is_string(id)) return ValueClass::text;
  if (arrow::is_base_binary_like(id) || id == Type::FIXED_SIZE_BINARY) return ValueClass::bytes;
  switch (id) {
    case Type::NA:
      return ValueClass::null;
    case Type::BOOL:
      return ValueClass::boolean;
    case Type::DATE32:
    case Type::DATE64:
      return ValueClass::date;
    case Type::TIME32:
    case Type::TIME64:
      return ValueClass::time;
    case Type::TIMESTAMP:
      return ValueClass::timestamp;
    case Type::DURATION:
      return ValueClass::duration;
    case Type::INTERVAL_MONTHS:
      return ValueClass::months;
    default:
      return ValueClass::composite;
  }
}

bool is_whole(ValueClass kind) {
  switch (kind) {
    case ValueClass::boolean:
    case ValueClass::integer:
    case ValueClass::date:
    case ValueClass::time:
    case ValueClass::timestamp:
    case ValueClass::duration:
    case ValueClass::months:
      return true;
    default:
      return false;
  }
}

Cells read_cells(std::shared_ptr<arrow::Array> plain) {
  using arrow::Type;
  constexpr int64_t kMillisecondsPerDay = 86'400'000;
  constexpr int64_t kNanosecondsPerMillisecond = 1'000'000;
  Cells cells;
  cells.array = std::move(plain);
  cells.kind = value_class(*cells.array->type());
  switch (cells.array->type_id()) {
    case Type::BOOL:
      read_whole<arrow::BooleanArray>(cells);
      break;
    case Type::INT8:
      read_whole<arrow::Int8Array>(cells);
      break;
    case Type::INT16:
      read_whole<arrow::Int16Array>(cells);
      break;
    case Type::INT32:
      read_whole<arrow::Int32Array>(cells);
      break;
    case Type::INT64:
      read_whole<arrow::Int64Array>(cells);
      break;
    case Type::UINT8:
      read_whole<arrow::UInt8Array>(cells);
      break;
    case Type::UINT16:
      read_whole<arrow::UInt16Array>(cells);
      break;
    case Type::UINT32:
      read_whole<arrow::UInt32Array>(cells);
      break;
    case Type::UINT64:
      read_whole<arrow::UInt64Array>(cells);
      break;
    case Type::INTERVAL_MONTHS:
      read_whole<arrow::MonthIntervalArray>(cells);
      break;
    case Type::DATE32:
      read_whole<arrow::Date32Array>(cells, kMillisecondsPerDay * kNanosecondsPerMillisecond);
      break;
    case Type::DATE64:
      read_whole<arrow::Date64Array>(cells, kNanosecondsPerMillisecond);
      break;
    case Type::TIME32:
      read_time<arrow::Time32Type, arrow::Time32Array>(cells);
      break;
    case Type::TIME64:
      read_time<arrow::Time64Type, arrow::Time64Array>(cells);
      break;
    case Type::TIMESTAMP:
      read_time<arrow::TimestampType, arrow::TimestampArray>(cells);
      break;
    case Type::DURATION:
      read_time<arrow::DurationType, arrow::DurationArray>(cells);
      break;
    case Type::HALF_FLOAT:
      read_real<arrow::HalfFloatArray>(cells);
      break;
    case Type::FLOAT:
      read_real<arrow::FloatArray>(cells);
      break;
    case Type::DOUBLE:
      read_real<arrow::DoubleArray>(cells);
      break;
    case Type::DECIMAL32:
      read_decimal<arrow::Decimal32Array, arrow::Decimal32>(cells);
      break;
    case Type::DECIMAL64:
      read_decimal<arrow::Decimal64Array, arrow::Decimal64>(cells);
      break;
    case Type::DECIMAL128:
      read_decimal<arrow::Decimal128Array, arrow::Decimal128>(cells);
      break;
    case Type::DECIMAL256:
      read_decimal<arrow::Decimal256Array, Decimal256>(cells);
      break;
    case Type::STRING:
    case Type::BINARY:
      read_view<arrow::BinaryArray>(cells);
      break;
    case Type::LARGE_STRING:
    case Type::LARGE_BINARY:
      read_view<arrow::LargeBinaryArray>(cells);
      break;
    case Type::FIXED_SIZE_BINARY:
      read_view<arrow::FixedSizeBinaryArray>(cells);
      break;
    default:
      break;
  }
  return cells;
}

CellEquality make_equality(const Cells& original, const Cells& exported,
                           const Tolerance& tolerance) {
  if (original.view && exported.view) {
    return [&](int64_t i, int64_t j) { return original.view(i) == exported.view(j); };
  }
  const auto is_number = [](const Cells& cells) {
    return cells.whole || cells.real || cells.decimal;
  };
  if (is_number(original) && is_number(exported))
    return make_number_equality(original, exported, tolerance);
  return make_composite_equality(original, exported);
}

KeyEncoder make_key_encoder(const Cells& cells, ValueClass other) {
  return [array = cells.array.get(), encode = make_value_encoder(cells, other)](int64_t row,
                                                                                std::string& key) {
    const bool null = array->IsNull(row);
    key += null ? '\0' : '\1';
    if (!null) encode(row, key);
  };
}

// JSON has the text of CSV for everything but strings, which it quotes.
Cells text_cells(const std::shared_ptr<arrow::Array>& plain) {
  const formats::JsonAppender append = formats::json_appender(plain);
  arrow::LargeStringBuilder texts;
  std::string text;
  for (int64_t row = 0; row < plain->length(); ++row) {
    text.clear();
    if (plain->IsValid(row)) append(row, text);
    std::string_view field = text;
    if (field.starts_with('"')) field = field.substr(1, field.size() - 2);
    check(plain->IsNull(row) ? texts.AppendNull() : texts.Append(field), "write values as text");
  }
  return read_cells(value_or_throw(texts.Finish(), "write values as text"));
}

std::string shown(const std::shared_ptr<arrow::Array>& array, int64_t row) {
  constexpr size_t kMaxBytes = 64;
  if (array->IsNull(row)) return "null";
  std::string text;
  try {
    formats::json_appender(array->Slice(row, 1))(0, text);
  } catch (const Error&) {
    return "(a value that its own type forbids)";
  }
  return printable(text, kMaxBytes);
}

}  // namespace cairn::integrity
