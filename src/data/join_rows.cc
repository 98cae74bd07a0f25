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
      return std::make_shared<arrow::MapType>(fields[0]);
    default:
      return arrow::struct_(fields);
  }
}

/// Joins arrays whose dictionaries Arrow cannot merge, as it cannot those with nulls and those of
/// some types: the entries of all stand one after the other, and the indices are moved along.
class DictionaryJoin {
 public:
  explicit DictionaryJoin(const arrow::ArrayVector& arrays) {
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
    Data bare = array.Copy();
    if (const auto* type = dictionary_type(*array.type)) {
      Place& place = next_place();
      const int64_t moved_by = place.entries;
      place.dictionaries.push_back(arrow::MakeArray(array.dictionary));
      place.entries += array.dictionary->length;
      bare->type = type->index_type();
      bare->dictionary = nullptr;
      bare->buffers[1] = moved(array, *bare->type, moved_by, place.entries);
      return bare;
    }
    for (Data& child : bare->child_data) child = bared(*child);
    if (!bare->child_data.empty()) bare->type = with_children(*array.type, bare->child_data);
    return bare;
  }

  // The types of `model` again, and the joined dictionaries.
  Data dressed(const arrow::ArrayData& bare, const arrow::ArrayData& model) {
    Data array = bare.Copy();
    array->type = model.type;
    if (dictionary_type(*model.type) != nullptr)
      array->dictionary = join(next_place().dictionaries)->data();
    for (size_t i = 0; i < array->child_data.size(); ++i)
      array->child_data[i] = dressed(*array->child_data[i], *model.child_data[i]);
    return array;
  }

  Place& next_place() {
    if (next_ == places_.size()) places_.emplace_back();
    return places_[next_++];
  }

  static std::shared_ptr<arrow::Buffer> moved(const arrow::ArrayData& array,
                                              const arrow::DataType& index, int64_t by,
                                              int64_t entries) {
    switch (index.id()) {
      case arrow::Type::INT8:
        return moved<int8_t>(array, by, entries);
      case arrow::Type::UINT8:
        return moved<uint8_t>(array, by, entries);
      case arrow::Type::INT16:
        return moved<int16_t>(array, by, entries);
      case arrow::Type::UINT16:
        return moved<uint16_t>(array, by, entries);
      case arrow::Type::INT32:
        return moved<int32_t>(array, by, entries);
      case arrow::Type::UINT32:
        return moved<uint32_t>(array, by, entries);
      default:
        return moved<int64_t>(array, by, entries);
    }
  }

  template <typename Index>
  static std::shared_ptr<arrow::Buffer> moved(const arrow::ArrayData& array, int64_t by,
                                              int64_t entries) {
    if (entries - 1 > static_cast<int64_t>(std::numeric_limits<Index>::max()))
      throw Error(ErrorKind::unsupported,
                  fmt::format("its dictionaries have {} entries together, more than {} bits count",
                              entries, 8 * sizeof(Index)),
                  "use a dictionary with a wider index type");
    // What null slots hold is moved too, and may well wrap around: nobody looks.
    const auto* indices = array.GetValues<Index>(1, 0);
    std::vector<Index> moved(static_cast<size_t>(array.offset + array.length));
    for (size_t i = 0; i < moved.size(); ++i)
      moved[i] = static_cast<Index>(static_cast<uint64_t>(indices[i]) + static_cast<uint64_t>(by));
    return arrow::Buffer::FromVector(std::move(moved));
  }

  std::vector<Place> places_;
  size_t next_ = 0;
  std::shared_ptr<arrow::Array> joined_;
};

bool has_dictionary(const arrow::ArrayData& array) {
  if (array.dictionary != nullptr) return true;
  return std::any_of(array.child_data.begin(), array.child_data.end(),
                     [](const Data& child) { return has_dictionary(*child); });
}

// Arrow's way first: it finds the entries that dictionaries have in common.
std::shared_ptr<arrow::Array> join(const arrow::ArrayVector& arrays) {
  auto joined = arrow::Concatenate(arrays);
  if (joined.ok() || !has_dictionary(*arrays.front()->data()))
    return value_or_throw(std::move(joined), kDoing);
  return DictionaryJoin(arrays).joined();
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
  return arrow::RecordBatch::Make(first->schema(), rows, std::move(columns));
}

}  // namespace cairn::data
