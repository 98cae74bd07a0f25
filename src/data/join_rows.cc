#include "data/join_rows.h"

#include <arrow/array.h>
#include <arrow/array/concatenate.h>
#include <arrow/extension_type.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "base/names.h"
#include "data/arrow_error.h"

namespace cairn::data {
namespace {

using Data = std::shared_ptr<arrow::ArrayData>;

constexpr std::string_view kDoing = "join rows";

std::shared_ptr<arrow::Array> join(const arrow::ArrayVector& arrays);

const arrow::DictionaryType* dictionary_type(const arrow::DataType& type) {
  if (type.id() == arrow::Type::EXTENSION)
    return dictionary_type(*static_cast<const arrow::ExtensionType&>(type).storage_type());
  if (type.id() != arrow::Type::DICTIONARY) return nullptr;
  return static_cast<const arrow::DictionaryType*>(&type);
}

// A nested type that holds values of the types of `children`.
std::shared_ptr<arrow::DataType> with_children(const arrow::DataType& type,
                                               const std::vector<Data>& children) {
  if (type.id() == arrow::Type::EXTENSION)
    return with_children(*static_cast<const arrow::ExtensionType&>(type).storage_type(), children);
  if (type.id() == arrow::Type::RUN_END_ENCODED)
    return arrow::run_end_encoded(children[0]->type, children[1]->type);
  arrow::FieldVector fields;
  for (size_t i = 0; i < children.size(); ++i)
    fields.push_back(type.field(static_cast<int>(i))->WithType(children[i]->type));
  switch (type.id()) {
    case arrow::Type::LIST:
      return arrow::list(fields[0]);
    case arrow::Type::LARGE_LIST:
      return arrow::large_list(fields[0]);
    case arrow::Type::LIST_VIEW:
      return arrow::list_view(fields[0]);
    case arrow::Type::LARGE_LIST_VIEW:
      return arrow::large_list_view(fields[0]);
    case arrow::Type::FIXED_SIZE_LIST:
      return arrow::fixed_size_list(fields[0],
                                    static_cast<const arrow::FixedSizeListType&>(type).list_size());
    case arrow::Type::MAP:
      return std::make_shared<arrow::MapType>(
          fields[0], static_cast<const arrow::MapType&>(type).keys_sorted());
    default:
      return arrow::struct_(fields);
  }
}

// Calls `act` with a value of the C type of an integer type.
template <typename Act>
auto with_integer(const arrow::DataType& type, const Act& act) {
  switch (type.id()) {
    case arrow::Type::INT8:
      return act(int8_t{});
    case arrow::Type::UINT8:
      return act(uint8_t{});
    case arrow::Type::INT16:
      return act(int16_t{});
    case arrow::Type::UINT16:
      return act(uint16_t{});
    case arrow::Type::INT32:
      return act(int32_t{});
    case arrow::Type::UINT32:
      return act(uint32_t{});
    case arrow::Type::UINT64:
      return act(uint64_t{});
    default:
      return act(int64_t{});
  }
}

template <typename To, typename From>
std::shared_ptr<arrow::Buffer> converted(const arrow::ArrayData& array, int64_t plus) {
  // What null slots hold is converted too, and may well wrap around: nobody looks.
  const auto* from = array.GetValues<From>(1, 0);
  std::vector<To> to(static_cast<size_t>(array.offset + array.length));
  for (size_t i = 0; i < to.size(); ++i)
    to[i] = static_cast<To>(static_cast<uint64_t>(from[i]) + static_cast<uint64_t>(plus));
  return arrow::Buffer::FromVector(std::move(to));
}

// Integers as 64-bit ones, each `plus` as much.
Data widened(const arrow::ArrayData& array, const arrow::DataType& integers, int64_t plus) {
  Data wide = array.Copy();
  wide->type = arrow::int64();
  wide->buffers[1] = with_integer(
      integers, [&](auto integer) { return converted<int64_t, decltype(integer)>(array, plus); });
  return wide;
}

// 64-bit integers up to `most` as `type`, where it holds them.
Data narrowed(const Data& wide, int64_t most, const std::shared_ptr<arrow::DataType>& type) {
  return with_integer(*type, [&](auto integer) {
    using Integer = decltype(integer);
    if (most > 0 && static_cast<uint64_t>(most) > std::numeric_limits<Integer>::max()) return wide;
    Data narrow = wide->Copy();
    narrow->type = type;
    narrow->buffers[1] = converted<Integer, int64_t>(*wide, 0);
    return narrow;
  });
}

/// Joins arrays whose dictionaries Arrow cannot merge, as it cannot those with nulls, those of some
/// types, and those of more values together than their indices count; or whose run ends would count
/// too far. The entries of all dictionaries stand one after the other, and the indices are moved
/// along. Indices and run ends keep their types where those count far enough.
class WideJoin {
 public:
  explicit WideJoin(const arrow::ArrayVector& arrays) {
    arrow::ArrayVector bare;
    for (const auto& array : arrays) {
      next_ = 0;
      bare.push_back(arrow::MakeArray(bared(*array->data())));
    }
    next_ = 0;
    joined_ = arrow::MakeArray(
        dressed(*value_or_throw(arrow::Concatenate(bare), kDoing)->data(), *arrays[0]->data()));
  }

  const std::shared_ptr<arrow::Array>& joined() const { return joined_; }

 private:
  // The dictionaries at one place in the type, with the number of their entries so far.
  struct Place {
    arrow::ArrayVector dictionaries;
    int64_t entries = 0;
  };

  // Indices into the joined dictionaries, as numbers, in place of dictionary arrays.
  Data bared(const arrow::ArrayData& array) {
    if (const auto* type = dictionary_type(*array.type)) {
      Place& place = next_place();
      Data bare = widened(array, *type->index_type(), place.entries);
      bare->dictionary = nullptr;
      place.dictionaries.push_back(arrow::MakeArray(array.dictionary));
      place.entries += array.dictionary->length;
      return bare;
    }
    Data bare = array.Copy();
    for (Data& child : bare->child_data) child = bared(*child);
    if (array.type->id() == arrow::Type::RUN_END_ENCODED)
      bare->child_data[0] = widened(*array.child_data[0], *array.child_data[0]->type, 0);
    if (!bare->child_data.empty()) bare->type = with_children(*array.type, bare->child_data);
    return bare;
  }

  // The types of `model` again, or wider ones, and the joined dictionaries.
  Data dressed(const arrow::ArrayData& bare, const arrow::ArrayData& model) {
    Data array = bare.Copy();
    array->type = model.type;
    if (const auto* type = dictionary_type(*model.type)) return indexed(array, *type, model.type);
    if (array->child_data.empty()) return array;
    bool as_before = true;
    for (size_t i = 0; i < array->child_data.size(); ++i) {
      Data& child = array->child_data[i];
      const arrow::ArrayData& before = *model.child_data[i];
      const bool run_ends = model.type->id() == arrow::Type::RUN_END_ENCODED && i == 0;
      child = run_ends ? narrowed(child, bare.offset + bare.length, before.type)
                       : dressed(*child, before);
      as_before = as_before && child->type->Equals(*before.type);
    }
    if (!as_before) array->type = with_children(*model.type, array->child_data);
    return array;
  }

  // `indices` of the next place, as a dictionary array.
  Data indexed(const Data& indices, const arrow::DictionaryType& type,
               const std::shared_ptr<arrow::DataType>& whole) {
    const Place& place = next_place();
    const auto dictionary = join(place.dictionaries);
    Data array = narrowed(indices, place.entries - 1, type.index_type());
    const bool as_before = array != indices && dictionary->type()->Equals(*type.value_type());
    const auto index = array != indices ? type.index_type() : arrow::int64();
    array->type = as_before ? whole : arrow::dictionary(index, dictionary->type(), type.ordered());
    array->dictionary = dictionary->data();
    return array;
  }

  Place& next_place() {
    if (next_ == places_.size()) places_.emplace_back();
    return places_[next_++];
  }

  std::vector<Place> places_;
  size_t next_ = 0;
  std::shared_ptr<arrow::Array> joined_;
};

bool counts(const arrow::ArrayData& array) {
  if (array.dictionary != nullptr || array.type->id() == arrow::Type::RUN_END_ENCODED) return true;
  return std::any_of(array.child_data.begin(), array.child_data.end(),
                     [](const Data& child) { return counts(*child); });
}

// Arrow takes the bits of a half float for its value when it merges dictionaries: 1.0 becomes 15,360.
// Seen in 25.0.1.
bool merges_wrongly(const arrow::ArrayData& array) {
  if (array.dictionary != nullptr) return array.dictionary->type->id() == arrow::Type::HALF_FLOAT;
  return std::any_of(array.child_data.begin(), array.child_data.end(),
                     [](const Data& child) { return merges_wrongly(*child); });
}

// Arrow's way first: it finds the entries that dictionaries have in common.
std::shared_ptr<arrow::Array> join(const arrow::ArrayVector& arrays) {
  const arrow::ArrayData& model = *arrays.front()->data();
  if (merges_wrongly(model)) return WideJoin(arrays).joined();
  auto joined = arrow::Concatenate(arrays);
  if (joined.ok() || !counts(model)) return value_or_throw(std::move(joined), kDoing);
  return WideJoin(arrays).joined();
}

}  // namespace

std::shared_ptr<arrow::RecordBatch> join_rows(
    const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches) {
  const auto& first = batches.front();
  if (batches.size() == 1) return first;
  int64_t rows = 0;
  for (const auto& batch : batches) rows += batch->num_rows();
  arrow::ArrayVector columns;
  for (int i = 0; i < first->num_columns(); ++i) {
    arrow::ArrayVector parts;
    for (const auto& batch : batches) parts.push_back(batch->column(i));
    try {
      columns.push_back(join(parts));
    } catch (const Error& error) {
      throw error.while_doing(fmt::format("column '{}'", printable(first->column_name(i))));
    }
  }
  auto schema = first->schema();
  for (int i = 0; i < first->num_columns(); ++i) {
    const auto& type = columns[static_cast<size_t>(i)]->type();
    if (type->Equals(*schema->field(i)->type())) continue;
    schema = value_or_throw(schema->SetField(i, schema->field(i)->WithType(type)), kDoing);
  }
  return arrow::RecordBatch::Make(std::move(schema), rows, std::move(columns));
}

}  // namespace cairn::data
