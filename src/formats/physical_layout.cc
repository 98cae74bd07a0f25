#include "formats/physical_layout.h"

#include <arrow/api.h>
#include <arrow/compare.h>
#include <arrow/compute/api.h>
#include <arrow/compute/initialize.h>
#include <arrow/util/bitmap_ops.h>
#include <fmt/format.h>

#include <limits>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "data/arrow_error.h"

namespace cairn::formats {
namespace {

using ArrayPtr = std::shared_ptr<arrow::Array>;
using TypePtr = std::shared_ptr<arrow::DataType>;
using FieldPtr = std::shared_ptr<arrow::Field>;

constexpr std::string_view kDoing = "change the layout of a column";

// Arrow's kernels register themselves on first use; doing it here keeps every caller free of it.
arrow::compute::ExecContext kernels(arrow::MemoryPool* pool) {
  static const bool ready = [] {
    check(arrow::compute::Initialize(), "start the compute kernels");
    return true;
  }();
  static_cast<void>(ready);
  arrow::compute::ExecContext context(pool);
  context.set_use_threads(false);
  return context;
}

// `wide` is set below dictionaries, run ends and list views: values that are stored once there may
// be repeated until 32-bit offsets are too small for them.
TypePtr plain(const TypePtr& type, bool wide);

FieldPtr plain_field(const FieldPtr& field, bool wide) {
  return field->WithType(plain(field->type(), wide));
}

TypePtr plain_map(const arrow::MapType& map, bool wide) {
  return std::make_shared<arrow::MapType>(plain_field(map.key_field(), wide),
                                          plain_field(map.item_field(), wide), map.keys_sorted());
}

TypePtr plain_struct(const TypePtr& type, bool wide) {
  arrow::FieldVector fields;
  for (const FieldPtr& field : type->fields()) fields.push_back(plain_field(field, wide));
  return arrow::struct_(fields);
}

TypePtr plain(const TypePtr& type, bool wide) {
  switch (type->id()) {
    case arrow::Type::DICTIONARY:
      return plain(static_cast<const arrow::DictionaryType&>(*type).value_type(), true);
    case arrow::Type::RUN_END_ENCODED:
      return plain(static_cast<const arrow::RunEndEncodedType&>(*type).value_type(), true);
    case arrow::Type::EXTENSION:
      return plain(static_cast<const arrow::ExtensionType&>(*type).storage_type(), wide);
    case arrow::Type::STRING:
      return wide ? arrow::large_utf8() : type;
    case arrow::Type::BINARY:
      return wide ? arrow::large_binary() : type;
    case arrow::Type::STRING_VIEW:
      return arrow::large_utf8();
    case arrow::Type::BINARY_VIEW:
      return arrow::large_binary();
    case arrow::Type::LIST:
      if (!wide) return arrow::list(plain_field(type->field(0), wide));
      [[fallthrough]];
    case arrow::Type::LARGE_LIST:
      return arrow::large_list(plain_field(type->field(0), wide));
    case arrow::Type::LIST_VIEW:
    case arrow::Type::LARGE_LIST_VIEW:
      return arrow::large_list(plain_field(type->field(0), true));
    case arrow::Type::FIXED_SIZE_LIST:
      return arrow::fixed_size_list(
          plain_field(type->field(0), wide),
          static_cast<const arrow::FixedSizeListType&>(*type).list_size());
    case arrow::Type::MAP:
      return plain_map(static_cast<const arrow::MapType&>(*type), wide);
    case arrow::Type::STRUCT:
      return plain_struct(type, wide);
    default:
      return type;
  }
}

/// Brings arrays from any layout of a logical type into any other.
class Relayout {
 public:
  explicit Relayout(arrow::MemoryPool* pool) : pool_(pool), context_(kernels(pool)) {}

  ArrayPtr operator()(const ArrayPtr& array, const TypePtr& type) {
    if (array->type()->Equals(*type)) return retyped(array, type);
    if (const ArrayPtr opened = open(array)) return (*this)(opened, type);
    return close(array, type);
  }

 private:
  // The same values one layer further out of their encoding; nothing for arrays that are plain on
  // the outside.
  ArrayPtr open(const ArrayPtr& array) {
    switch (array->type_id()) {
      case arrow::Type::DICTIONARY: {
        const auto& dictionary = static_cast<const arrow::DictionaryArray&>(*array);
        return take(widened(dictionary.dictionary()), dictionary.indices());
      }
      case arrow::Type::RUN_END_ENCODED: {
        const auto& runs = static_cast<const arrow::RunEndEncodedArray&>(*array);
        return take(widened(runs.values()), runs_of_rows(runs));
      }
      case arrow::Type::EXTENSION:
        return static_cast<const arrow::ExtensionArray&>(*array).storage();
      case arrow::Type::LIST_VIEW:
        return lists_of_views(static_cast<const arrow::ListViewArray&>(*array));
      case arrow::Type::LARGE_LIST_VIEW:
        return lists_of_views(static_cast<const arrow::LargeListViewArray&>(*array));
      default:
        return nullptr;
    }
  }

  ArrayPtr close(const ArrayPtr& array, const TypePtr& type) {
    switch (type->id()) {
      case arrow::Type::DICTIONARY:
        return dictionary_of(array, type);
      case arrow::Type::RUN_END_ENCODED:
        return runs_of(array, type);
      case arrow::Type::EXTENSION: {
        const auto& extension = static_cast<const arrow::ExtensionType&>(*type);
        return retyped((*this)(array, extension.storage_type()), type);
      }
      case arrow::Type::LIST:
      case arrow::Type::MAP:
      case arrow::Type::LIST_VIEW:
        return lists_of<int32_t>(array, type);
      case arrow::Type::LARGE_LIST:
      case arrow::Type::LARGE_LIST_VIEW:
        return lists_of<int64_t>(array, type);
      case arrow::Type::FIXED_SIZE_LIST:
        return fixed_size_lists_of(array, type);
      case arrow::Type::STRUCT:
        return structs_of(array, type);
      default:
        return value_or_throw(arrow::compute::Cast(array, type, arrow::compute::CastOptions::Safe(),
                                                   &context_),
                              kDoing)
            .make_array();
    }
  }

  ArrayPtr widened(const ArrayPtr& array) { return (*this)(array, plain(array->type(), true)); }

  static ArrayPtr retyped(const ArrayPtr& array, const TypePtr& type) {
    if (array->type() == type) return array;
    auto data = array->data()->Copy();
    data->type = type;
    return arrow::MakeArray(data);
  }

  // `number` is the greatest that is to be counted in `counter`, an integer type.
  static void expect_room(const TypePtr& counter, int64_t number, const TypePtr& whole) {
    const int bits = counter->bit_width() - (arrow::is_signed_integer(counter->id()) ? 1 : 0);
    if (bits >= 63 || number < int64_t{1} << bits) return;
    throw LayoutTooNarrow(ErrorKind::unsupported,
                          fmt::format("{} cannot count to {}", whole->ToString(), number));
  }

  ArrayPtr take(const ArrayPtr& values, const ArrayPtr& indices) {
    return value_or_throw(arrow::compute::Take(values, indices,
                                               arrow::compute::TakeOptions::Defaults(), &context_),
                          kDoing)
        .make_array();
  }

  ArrayPtr cast(const ArrayPtr& array, const TypePtr& type) {
    return value_or_throw(
        arrow::compute::Cast(*array, type, arrow::compute::CastOptions::Safe(), &context_), kDoing);
  }

  std::shared_ptr<arrow::Buffer> validity_of(const arrow::Array& array) {
    if (array.null_count() == 0 || array.null_bitmap_data() == nullptr) return nullptr;
    return value_or_throw(arrow::internal::CopyBitmap(pool_, array.null_bitmap_data(),
                                                      array.offset(), array.length()),
                          kDoing);
  }

  // For each row, the index of its run.
  ArrayPtr runs_of_rows(const arrow::RunEndEncodedArray& array) {
    const ArrayPtr ends = cast(array.run_ends(), arrow::int64());
    const auto& run_ends = static_cast<const arrow::Int64Array&>(*ends);
    arrow::Int64Builder rows(pool_);
    check(rows.Reserve(array.length()), kDoing);
    int64_t run = 0;
    for (int64_t row = array.offset(); row < array.offset() + array.length(); ++row) {
      while (run < run_ends.length() && run_ends.Value(run) <= row) ++run;
      rows.UnsafeAppend(run);
    }
    return value_or_throw(rows.Finish(), kDoing);
  }

  // Views may overlap and come in any order; as lists, the items stand one after the other.
  template <typename ViewArray>
  ArrayPtr lists_of_views(const ViewArray& views) {
    arrow::Int64Builder items(pool_);
    arrow::TypedBufferBuilder<int64_t> offsets(pool_);
    for (int64_t row = 0; row < views.length(); ++row) {
      check(offsets.Append(items.length()), kDoing);
      if (views.IsNull(row)) continue;
      check(items.Reserve(views.value_length(row)), kDoing);
      for (int64_t i = 0; i < views.value_length(row); ++i)
        items.UnsafeAppend(views.value_offset(row) + i);
    }
    check(offsets.Append(items.length()), kDoing);
    const ArrayPtr values = widened(views.values());
    const ArrayPtr taken = take(values, value_or_throw(items.Finish(), kDoing));
    const TypePtr type = arrow::large_list(views.type()->field(0)->WithType(taken->type()));
    return std::make_shared<arrow::LargeListArray>(
        type, views.length(), value_or_throw(offsets.Finish(), kDoing), taken, validity_of(views));
  }

  template <typename Offset>
  ArrayPtr lists_of(const ArrayPtr& array, const TypePtr& type) {
    if (array->type_id() == arrow::Type::LARGE_LIST)
      return relisted<Offset>(static_cast<const arrow::LargeListArray&>(*array), type);
    return relisted<Offset>(static_cast<const arrow::ListArray&>(*array), type);
  }

  // Only the items of these rows are brought along: a slice of a large array stays cheap.
  template <typename Offset, typename ListArray>
  ArrayPtr relisted(const ListArray& lists, const TypePtr& type) {
    const int64_t rows = lists.length();
    const int64_t first = rows == 0 ? 0 : lists.value_offset(0);
    const int64_t items = rows == 0 ? 0 : lists.value_offset(rows) - first;
    if (items > std::numeric_limits<Offset>::max()) {
      throw Error(ErrorKind::unsupported,
                  "cannot " + std::string(kDoing) + ": more list items than 32-bit offsets count");
    }
    const ArrayPtr values = (*this)(lists.values()->Slice(first, items), type->field(0)->type());

    arrow::TypedBufferBuilder<Offset> offsets(pool_);
    arrow::TypedBufferBuilder<Offset> sizes(pool_);
    check(offsets.Reserve(rows + 1), kDoing);
    check(sizes.Reserve(rows), kDoing);
    for (int64_t row = 0; row < rows; ++row) {
      offsets.UnsafeAppend(static_cast<Offset>(lists.value_offset(row) - first));
      sizes.UnsafeAppend(static_cast<Offset>(lists.value_length(row)));
    }
    const bool view =
        type->id() == arrow::Type::LIST_VIEW || type->id() == arrow::Type::LARGE_LIST_VIEW;
    if (!view) offsets.UnsafeAppend(static_cast<Offset>(items));
    std::vector<std::shared_ptr<arrow::Buffer>> buffers{validity_of(lists),
                                                        value_or_throw(offsets.Finish(), kDoing)};
    if (view) buffers.push_back(value_or_throw(sizes.Finish(), kDoing));
    if (type->id() == arrow::Type::MAP) count_nulls_of_keys(*values->data());
    return arrow::MakeArray(
        arrow::ArrayData::Make(type, rows, std::move(buffers), {values->data()}));
  }

  ArrayPtr fixed_size_lists_of(const ArrayPtr& array, const TypePtr& type) {
    const auto& lists = static_cast<const arrow::FixedSizeListArray&>(*array);
    const int64_t items = lists.length() * lists.value_length();
    const ArrayPtr values =
        (*this)(lists.values()->Slice(lists.value_offset(0), items), type->field(0)->type());
    return arrow::MakeArray(
        arrow::ArrayData::Make(type, lists.length(), {validity_of(lists)}, {values->data()}));
  }

  ArrayPtr structs_of(const ArrayPtr& array, const TypePtr& type) {
    const auto& structs = static_cast<const arrow::StructArray&>(*array);
    std::vector<std::shared_ptr<arrow::ArrayData>> children;
    for (int i = 0; i < structs.num_fields(); ++i)
      children.push_back((*this)(structs.field(i), type->field(i)->type())->data());
    return arrow::MakeArray(arrow::ArrayData::Make(type, structs.length(), {validity_of(structs)},
                                                   std::move(children)));
  }

  // The kernels that find equal values compare floats as numbers, by which 0.0 and -0.0 would
  // become one, and lack some types; fixed-width values are therefore handed to them as bit
  // patterns.
  static TypePtr bit_pattern(const arrow::DataType& type) {
    if (!arrow::is_fixed_width(type.id()) || type.bit_width() % 8 != 0) return nullptr;
    if (type.id() == arrow::Type::DICTIONARY || arrow::is_nested(type.id())) return nullptr;
    return arrow::fixed_size_binary(type.bit_width() / 8);
  }

  ArrayPtr viewed(const ArrayPtr& array, const TypePtr& type) {
    return type == nullptr ? array : value_or_throw(array->View(type), kDoing);
  }

  ArrayPtr dictionary_of(const ArrayPtr& array, const TypePtr& type) {
    const auto& target = static_cast<const arrow::DictionaryType&>(*type);
    const ArrayPtr plain_values = (*this)(array, plain(target.value_type(), true));
    auto [indices, dictionary] = arrow::is_nested(plain_values->type_id())
                                     ? distinct_nested(*plain_values)
                                     : distinct(plain_values);
    expect_room(target.index_type(), dictionary->length() - 1, type);
    auto result = arrow::DictionaryArray::FromArrays(type, cast(indices, target.index_type()),
                                                     (*this)(dictionary, target.value_type()));
    return value_or_throw(std::move(result), kDoing);
  }

  std::pair<ArrayPtr, ArrayPtr> distinct(const ArrayPtr& values) {
    const TypePtr type = values->type();
    const ArrayPtr patterns = viewed(values, bit_pattern(*type));
    const ArrayPtr encoded =
        value_or_throw(
            arrow::compute::DictionaryEncode(
                patterns, arrow::compute::DictionaryEncodeOptions::Defaults(), &context_),
            kDoing)
            .make_array();
    const auto& dictionary = static_cast<const arrow::DictionaryArray&>(*encoded);
    return {dictionary.indices(), viewed(dictionary.dictionary(), type)};
  }

  static arrow::EqualOptions same_bits() {
    return arrow::EqualOptions::Defaults().nans_equal(true).signed_zeros_equal(false);
  }

  std::pair<ArrayPtr, ArrayPtr> distinct_nested(const arrow::Array& values) {
    const auto hash = [](const auto& scalar) { return scalar->hash(); };
    const auto same = [](const auto& a, const auto& b) { return a->Equals(*b, same_bits()); };
    std::unordered_map<std::shared_ptr<arrow::Scalar>, int64_t, decltype(hash), decltype(same)>
        index_of(16, hash, same);
    arrow::Int64Builder indices(pool_);
    arrow::Int64Builder first_rows(pool_);
    for (int64_t row = 0; row < values.length(); ++row) {
      if (values.IsNull(row)) {
        check(indices.AppendNull(), kDoing);
        continue;
      }
      auto scalar = value_or_throw(values.GetScalar(row), kDoing);
      const auto [found, fresh] =
          index_of.emplace(std::move(scalar), static_cast<int64_t>(index_of.size()));
      if (fresh) check(first_rows.Append(row), kDoing);
      check(indices.Append(found->second), kDoing);
    }
    const ArrayPtr rows = value_or_throw(first_rows.Finish(), kDoing);
    return {value_or_throw(indices.Finish(), kDoing), take(arrow::MakeArray(values.data()), rows)};
  }

  ArrayPtr runs_of(const ArrayPtr& array, const TypePtr& type) {
    const auto& target = static_cast<const arrow::RunEndEncodedType&>(*type);
    expect_room(target.run_end_type(), array->length(), type);
    const ArrayPtr plain_values = (*this)(array, plain(target.value_type(), true));
    const ArrayPtr patterns = viewed(plain_values, bit_pattern(*plain_values->type()));
    arrow::Int64Builder run_ends(pool_);
    arrow::Int64Builder last_rows(pool_);
    for (int64_t row = 0; row < patterns->length(); ++row) {
      const bool last = row + 1 == patterns->length() ||
                        !patterns->RangeEquals(*patterns, row, row + 1, row + 1, same_bits());
      if (!last) continue;
      check(run_ends.Append(row + 1), kDoing);
      check(last_rows.Append(row), kDoing);
    }
    const ArrayPtr values = take(plain_values, value_or_throw(last_rows.Finish(), kDoing));
    const ArrayPtr ends = value_or_throw(run_ends.Finish(), kDoing);
    return arrow::MakeArray(arrow::ArrayData::Make(
        type, array->length(), {nullptr},
        {cast(ends, target.run_end_type())->data(), (*this)(values, target.value_type())->data()},
        0));
  }

  arrow::MemoryPool* pool_;
  arrow::compute::ExecContext context_;
};

}  // namespace

void count_nulls_of_keys(const arrow::ArrayData& entries) {
  if (entries.child_data[0]->GetNullCount() != 0)
    throw Error(ErrorKind::corrupt, "it has a map with a null key");
}

std::shared_ptr<arrow::DataType> plain_type(const std::shared_ptr<arrow::DataType>& type) {
  return plain(type, false);
}

std::shared_ptr<arrow::Schema> plain_schema(const arrow::Schema& schema) {
  arrow::FieldVector fields;
  for (const FieldPtr& field : schema.fields()) fields.push_back(plain_field(field, false));
  return arrow::schema(std::move(fields), schema.metadata());
}

std::shared_ptr<arrow::Array> to_plain(const std::shared_ptr<arrow::Array>& array,
                                       arrow::MemoryPool* pool) {
  return Relayout(pool)(array, plain_type(array->type()));
}

std::shared_ptr<arrow::Array> from_plain(const std::shared_ptr<arrow::Array>& array,
                                         const std::shared_ptr<arrow::DataType>& type,
                                         arrow::MemoryPool* pool) {
  return Relayout(pool)(array, type);
}

arrow::RecordBatchVector convert_in_pieces(
    const std::shared_ptr<arrow::RecordBatch>& rows,
    const std::function<std::shared_ptr<arrow::RecordBatch>(const arrow::RecordBatch&)>& convert) {
  try {
    return {convert(*rows)};
  } catch (const LayoutTooNarrow&) {
    if (rows->num_rows() <= 1) throw;
  }
  const int64_t half = rows->num_rows() / 2;
  auto pieces = convert_in_pieces(rows->Slice(0, half), convert);
  auto rest = convert_in_pieces(rows->Slice(half), convert);
  pieces.insert(pieces.end(), rest.begin(), rest.end());
  return pieces;
}

}  // namespace cairn::formats
