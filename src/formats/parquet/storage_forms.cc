#include "formats/parquet/storage_forms.h"

#include <arrow/array.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/buffer.h>
#include <arrow/compute/api.h>
#include <arrow/type.h>
#include <arrow/util/bitmap_ops.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "data/arrow_error.h"
#include "formats/physical_layout.h"

namespace cairn::formats {
namespace {

using arrow::ArrayData;
using arrow::Buffer;
using arrow::Type;
using Data = std::shared_ptr<ArrayData>;
using DataTypePtr = std::shared_ptr<arrow::DataType>;

constexpr std::string_view kDoing = "convert values for Parquet";

DataTypePtr day_time_form() {
  return arrow::struct_({arrow::field("days", arrow::int32(), false),
                         arrow::field("milliseconds", arrow::int32(), false)});
}

DataTypePtr month_day_nano_form() {
  return arrow::struct_({arrow::field("months", arrow::int32(), false),
                         arrow::field("days", arrow::int32(), false),
                         arrow::field("nanoseconds", arrow::int64(), false)});
}

// Parquet wants 0 <= scale <= precision.
DataTypePtr decimal_form(const DataTypePtr& plain) {
  const auto& decimal = static_cast<const arrow::DecimalType&>(*plain);
  const int32_t scale = std::max(decimal.scale(), 0);
  const int32_t precision =
      std::max(decimal.precision() + std::max(-decimal.scale(), 0), decimal.scale());
  if (scale == decimal.scale() && precision == decimal.precision()) return plain;
  if (precision > arrow::Decimal256Type::kMaxPrecision)
    throw Error(ErrorKind::unsupported,
                fmt::format("Parquet has no form for {}, which needs {} digits", plain->ToString(),
                            precision));
  return precision > arrow::Decimal128Type::kMaxPrecision ? arrow::decimal256(precision, scale)
                                                          : arrow::decimal128(precision, scale);
}

std::shared_ptr<arrow::Field> field_form(const std::shared_ptr<arrow::Field>& field) {
  return field->WithType(storage_form(field->type()));
}

std::shared_ptr<Buffer> allocate(int64_t bytes, arrow::MemoryPool* pool) {
  return value_or_throw(arrow::AllocateBuffer(bytes, pool), kDoing);
}

// The validity of `data` as a bitmap that starts at its first value; null where all are valid.
std::shared_ptr<Buffer> validity_of(const ArrayData& data, arrow::MemoryPool* pool) {
  if (!data.MayHaveNulls() || data.buffers[0] == nullptr) return nullptr;
  return value_or_throw(
      arrow::internal::CopyBitmap(pool, data.buffers[0]->data(), data.offset, data.length), kDoing);
}

std::shared_ptr<Buffer> zeros(int64_t bytes, arrow::MemoryPool* pool) {
  auto buffer = allocate(bytes, pool);
  std::fill_n(buffer->mutable_data(), bytes, uint8_t{0});
  return buffer;
}

Data with_type(const Data& data, const DataTypePtr& type) {
  auto copy = data->Copy();
  copy->type = type;
  return copy;
}

// Every value has to survive; `misfit` is the kind of error when one does not.
Data cast(const Data& data, const DataTypePtr& type, ErrorKind misfit, arrow::MemoryPool* pool) {
  if (data->type->Equals(*type)) return data;
  arrow::compute::ExecContext context(pool);
  const auto values =
      arrow::compute::Cast(arrow::Datum(data), type, arrow::compute::CastOptions::Safe(), &context);
  if (values.status().IsInvalid()) throw Error(misfit, values.status().message());
  return value_or_throw(values, kDoing).array();
}

// One member of every interval as an array of its own, and back.
template <typename Interval, typename Member>
Data gather(const ArrayData& data, Member Interval::*member, const DataTypePtr& type,
            arrow::MemoryPool* pool) {
  auto buffer = allocate(data.length * static_cast<int64_t>(sizeof(Member)), pool);
  const auto* from = data.GetValues<Interval>(1);
  auto* to = buffer->template mutable_data_as<Member>();
  for (int64_t i = 0; i < data.length; ++i) to[i] = from[i].*member;
  return ArrayData::Make(type, data.length, {nullptr, std::move(buffer)}, 0);
}

template <typename Interval, typename Member>
void scatter(const ArrayData& parts, int child, Member Interval::*member, Interval* to) {
  const ArrayData& part = *parts.child_data[static_cast<size_t>(child)];
  const auto* from = part.GetValues<Member>(1) + parts.offset;
  for (int64_t i = 0; i < parts.length; ++i) to[i].*member = from[i];
}

using DayTime = arrow::DayTimeIntervalType::DayMilliseconds;
using MonthDayNano = arrow::MonthDayNanoIntervalType::MonthDayNanos;

Data interval_to_struct(const Data& data, const DataTypePtr& form, arrow::MemoryPool* pool) {
  std::vector<Data> parts;
  if (data->type->id() == Type::INTERVAL_DAY_TIME) {
    parts.push_back(gather(*data, &DayTime::days, arrow::int32(), pool));
    parts.push_back(gather(*data, &DayTime::milliseconds, arrow::int32(), pool));
  } else {
    parts.push_back(gather(*data, &MonthDayNano::months, arrow::int32(), pool));
    parts.push_back(gather(*data, &MonthDayNano::days, arrow::int32(), pool));
    parts.push_back(gather(*data, &MonthDayNano::nanoseconds, arrow::int64(), pool));
  }
  return ArrayData::Make(form, data->length, {validity_of(*data, pool)}, std::move(parts));
}

Data struct_to_interval(const Data& data, const DataTypePtr& plain, arrow::MemoryPool* pool) {
  const bool day_time = plain->id() == Type::INTERVAL_DAY_TIME;
  const auto width = static_cast<int64_t>(day_time ? sizeof(DayTime) : sizeof(MonthDayNano));
  auto buffer = zeros(data->length * width, pool);
  if (day_time) {
    auto* to = buffer->mutable_data_as<DayTime>();
    scatter(*data, 0, &DayTime::days, to);
    scatter(*data, 1, &DayTime::milliseconds, to);
  } else {
    auto* to = buffer->mutable_data_as<MonthDayNano>();
    scatter(*data, 0, &MonthDayNano::months, to);
    scatter(*data, 1, &MonthDayNano::days, to);
    scatter(*data, 2, &MonthDayNano::nanoseconds, to);
  }
  return ArrayData::Make(plain, data->length, {validity_of(*data, pool), std::move(buffer)});
}

// A fixed-size list counts its items from its offset on; a list says where each begins.
Data fixed_to_list(const Data& data, const DataTypePtr& form, arrow::MemoryPool* pool) {
  const int64_t size = static_cast<const arrow::FixedSizeListType&>(*data->type).list_size();
  auto buffer = allocate((data->length + 1) * static_cast<int64_t>(sizeof(int64_t)), pool);
  auto* offsets = buffer->mutable_data_as<int64_t>();
  for (int64_t i = 0; i <= data->length; ++i) offsets[i] = (data->offset + i) * size;
  auto items = to_form(arrow::MakeArray(data->child_data[0]), pool)->data();
  return ArrayData::Make(form, data->length, {validity_of(*data, pool), std::move(buffer)},
                         {std::move(items)});
}

// The items of `lists`, `size` for each; a null list, which Parquet holds none for, gets nulls.
std::shared_ptr<arrow::Array> items_of_fixed(const arrow::LargeListArray& lists, int64_t size,
                                             arrow::MemoryPool* pool) {
  arrow::Int64Builder positions(pool);
  check(positions.Reserve(lists.length() * size), kDoing);
  for (int64_t i = 0; i < lists.length(); ++i) {
    if (lists.IsNull(i)) {
      check(positions.AppendNulls(size), kDoing);
      continue;
    }
    if (lists.value_length(i) != size)
      throw Error(ErrorKind::corrupt, fmt::format("it has a list of {} items instead of {}",
                                                  lists.value_length(i), size));
    for (int64_t k = 0; k < size; ++k) positions.UnsafeAppend(lists.value_offset(i) + k);
  }
  arrow::compute::ExecContext context(pool);
  const auto indices = value_or_throw(positions.Finish(), kDoing);
  return value_or_throw(
      arrow::compute::Take(*lists.values(), *indices, arrow::compute::TakeOptions::NoBoundsCheck(),
                           &context),
      kDoing);
}

Data list_to_fixed(const Data& data, const DataTypePtr& plain, arrow::MemoryPool* pool) {
  const auto& type = static_cast<const arrow::FixedSizeListType&>(*plain);
  auto items = items_of_fixed(arrow::LargeListArray(data), type.list_size(), pool);
  return ArrayData::Make(plain, data->length, {validity_of(*data, pool)},
                         {from_form(items, type.value_type(), pool)->data()});
}

// Empty values only: what is not null has no bytes.
Data to_empty_binary(const Data& data, arrow::MemoryPool* pool) {
  const auto bytes = (data->length + 1) * static_cast<int64_t>(sizeof(int32_t));
  return ArrayData::Make(arrow::binary(), data->length,
                         {validity_of(*data, pool), zeros(bytes, pool), zeros(0, pool)});
}

Data convert_children(const Data& data, const DataTypePtr& type, arrow::MemoryPool* pool) {
  auto copy = with_type(data, type);
  for (auto& child : copy->child_data) child = to_form(arrow::MakeArray(child), pool)->data();
  if (type->id() == Type::MAP) count_nulls_of_keys(*copy->child_data[0]);
  return copy;
}

Data to_form_data(const Data& data, const DataTypePtr& form, arrow::MemoryPool* pool) {
  switch (data->type->id()) {
    case Type::INTERVAL_MONTHS:
      return with_type(data, form);
    case Type::INTERVAL_DAY_TIME:
    case Type::INTERVAL_MONTH_DAY_NANO:
      return interval_to_struct(data, form, pool);
    case Type::FIXED_SIZE_BINARY:
      return to_empty_binary(data, pool);
    case Type::FIXED_SIZE_LIST:
      return fixed_to_list(data, form, pool);
    case Type::STRUCT:
      if (data->type->num_fields() == 0)
        return ArrayData::Make(form, data->length,
                               {validity_of(*data, pool), zeros((data->length + 7) / 8, pool)});
      return convert_children(data, form, pool);
    case Type::MAP:
    case Type::LIST:
    case Type::LARGE_LIST:
      return convert_children(data, form, pool);
    default:
      return cast(data, form, ErrorKind::unsupported, pool);
  }
}

// Back to fewer digits in the stored width first: Arrow's cast to a narrower decimal converts before
// it divides.
Data from_decimal_form(const Data& data, const DataTypePtr& plain, arrow::MemoryPool* pool) {
  const auto& decimal = static_cast<const arrow::DecimalType&>(*plain);
  const DataTypePtr rescaled = data->type->id() == Type::DECIMAL256
                                   ? arrow::decimal256(decimal.precision(), decimal.scale())
                                   : arrow::decimal128(decimal.precision(), decimal.scale());
  return cast(cast(data, rescaled, ErrorKind::corrupt, pool), plain, ErrorKind::corrupt, pool);
}

// The child of a struct that is null wherever the struct is, which a file says of the struct alone.
Data null_where(const ArrayData& parent, const Data& child, arrow::MemoryPool* pool) {
  if (!parent.MayHaveNulls() || parent.buffers[0] == nullptr) return child;
  auto hidden = child->Slice(0, std::min(child->length, parent.offset + parent.length));
  const uint8_t* valid = parent.buffers[0]->data();
  const int64_t at = hidden->offset;
  const auto both = hidden->buffers[0] == nullptr
                        ? arrow::internal::BitmapAnd(pool, valid, 0, valid, 0, hidden->length, at)
                        : arrow::internal::BitmapAnd(pool, valid, 0, hidden->buffers[0]->data(), at,
                                                     hidden->length, at);
  hidden->buffers[0] = value_or_throw(both, kDoing);
  hidden->null_count = arrow::kUnknownNullCount;
  return hidden;
}

// A member of a struct. Fixed-size lists, and structs that may hold some, have to know which of
// their slots nobody sees: those have no items in the file, even where the member cannot be null.
Data from_member(const ArrayData& parent, const Data& child, const arrow::Field& member,
                 arrow::MemoryPool* pool) {
  const Type::type id = member.type()->id();
  if (id != Type::FIXED_SIZE_LIST && id != Type::STRUCT)
    return from_form(arrow::MakeArray(child), member.type(), pool)->data();
  auto restored =
      from_form(arrow::MakeArray(null_where(parent, child, pool)), member.type(), pool)->data();
  if (member.nullable()) return restored;
  restored = restored->Copy();
  restored->buffers[0] = nullptr;
  restored->null_count = 0;
  return restored;
}

[[noreturn]] void throw_mismatch(const arrow::DataType& found, const arrow::DataType& form) {
  throw Error(ErrorKind::corrupt,
              fmt::format("it is stored as {} instead of {}", found.ToString(), form.ToString()));
}

// Lists, maps and structs of the same shape: the names of list items and map entries are Parquet's,
// those of struct fields must be ours.
Data from_nested(const Data& data, const DataTypePtr& plain, arrow::MemoryPool* pool) {
  if (data->type->id() != plain->id() || data->type->num_fields() != plain->num_fields())
    throw_mismatch(*data->type, *plain);
  auto copy = with_type(data, plain);
  for (int i = 0; i < plain->num_fields(); ++i) {
    const auto& field = plain->field(i);
    if (plain->id() == Type::STRUCT && data->type->field(i)->name() != field->name())
      throw_mismatch(*data->type, *plain);
    auto& child = copy->child_data[static_cast<size_t>(i)];
    if (plain->id() == Type::MAP) {
      auto entries = with_type(child, field->type());
      for (int k = 0; k < field->type()->num_fields(); ++k) {
        auto& member = entries->child_data[static_cast<size_t>(k)];
        member = from_form(arrow::MakeArray(member), field->type()->field(k)->type(), pool)->data();
      }
      count_nulls_of_keys(*entries);
      child = std::move(entries);
    } else if (plain->id() == Type::STRUCT) {
      child = from_member(*data, child, *field, pool);
    } else {
      child = from_form(arrow::MakeArray(child), field->type(), pool)->data();
    }
  }
  return copy;
}

Data from_form_data(const Data& data, const DataTypePtr& plain, const DataTypePtr& form,
                    arrow::MemoryPool* pool) {
  switch (plain->id()) {
    case Type::STRUCT:
    case Type::LIST:
    case Type::LARGE_LIST:
    case Type::MAP:
      if (plain->num_fields() > 0) return from_nested(data, plain, pool);
      break;
    case Type::FIXED_SIZE_LIST:
      if (data->type->id() != Type::LARGE_LIST) throw_mismatch(*data->type, *form);
      return list_to_fixed(data, plain, pool);
    default:
      break;
  }
  if (!data->type->Equals(*form)) throw_mismatch(*data->type, *form);
  switch (plain->id()) {
    case Type::INTERVAL_MONTHS:
      return with_type(data, plain);
    case Type::INTERVAL_DAY_TIME:
    case Type::INTERVAL_MONTH_DAY_NANO:
      return struct_to_interval(data, plain, pool);
    case Type::FIXED_SIZE_BINARY:
      return ArrayData::Make(plain, data->length, {validity_of(*data, pool), zeros(0, pool)});
    case Type::STRUCT:
      return ArrayData::Make(plain, data->length, {validity_of(*data, pool)});
    case Type::DECIMAL32:
    case Type::DECIMAL64:
    case Type::DECIMAL128:
    case Type::DECIMAL256:
      return from_decimal_form(data, plain, pool);
    default:
      return cast(data, plain, ErrorKind::corrupt, pool);
  }
}

}  // namespace

DataTypePtr storage_form(const DataTypePtr& plain) {
  switch (plain->id()) {
    case Type::INTERVAL_MONTHS:
      return arrow::int32();
    case Type::INTERVAL_DAY_TIME:
      return day_time_form();
    case Type::INTERVAL_MONTH_DAY_NANO:
      return month_day_nano_form();
    case Type::DATE64:
      return arrow::date32();
    case Type::TIME32:
      return arrow::time32(arrow::TimeUnit::MILLI);
    case Type::TIMESTAMP: {
      const auto& timestamp = static_cast<const arrow::TimestampType&>(*plain);
      if (timestamp.unit() != arrow::TimeUnit::SECOND) return plain;
      return arrow::timestamp(arrow::TimeUnit::MILLI, timestamp.timezone());
    }
    case Type::DECIMAL32:
    case Type::DECIMAL64:
    case Type::DECIMAL128:
    case Type::DECIMAL256:
      return decimal_form(plain);
    case Type::FIXED_SIZE_BINARY:
      return static_cast<const arrow::FixedSizeBinaryType&>(*plain).byte_width() == 0
                 ? arrow::binary()
                 : plain;
    case Type::STRUCT: {
      if (plain->num_fields() == 0) return arrow::boolean();
      arrow::FieldVector fields;
      for (const auto& field : plain->fields()) fields.push_back(field_form(field));
      return arrow::struct_(fields);
    }
    case Type::LIST:
      return arrow::list(field_form(plain->field(0)));
    case Type::LARGE_LIST:
      return arrow::large_list(field_form(plain->field(0)));
    case Type::FIXED_SIZE_LIST:
      return arrow::large_list(field_form(plain->field(0)));
    case Type::MAP: {
      const auto& map = static_cast<const arrow::MapType&>(*plain);
      return std::make_shared<arrow::MapType>(field_form(map.key_field()),
                                              field_form(map.item_field()), map.keys_sorted());
    }
    case Type::SPARSE_UNION:
    case Type::DENSE_UNION:
      throw Error(ErrorKind::unsupported,
                  fmt::format("Parquet has no form for {}", plain->ToString()));
    default:
      return plain;
  }
}

std::shared_ptr<arrow::Array> to_form(const std::shared_ptr<arrow::Array>& array,
                                      arrow::MemoryPool* pool) {
  const auto form = storage_form(array->type());
  if (form->Equals(*array->type())) return array;
  return arrow::MakeArray(to_form_data(array->data(), form, pool));
}

std::shared_ptr<arrow::Array> from_form(const std::shared_ptr<arrow::Array>& array,
                                        const DataTypePtr& plain, arrow::MemoryPool* pool) {
  // Nested types that are equal may still differ in the names of their items.
  if (plain->num_fields() == 0 && array->type()->Equals(*plain)) return array;
  return arrow::MakeArray(from_form_data(array->data(), plain, storage_form(plain), pool));
}

}  // namespace cairn::formats
