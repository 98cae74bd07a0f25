#include "formats/parquet/storage_types.h"

#include <arrow/array.h>
#include <arrow/compute/api.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/names.h"
#include "data/arrow_error.h"
#include "formats/parquet/storage_forms.h"
#include "formats/physical_layout.h"

namespace cairn::formats {
namespace {

using arrow::Type;

// What Arrow's Parquet code writes and reads back in this very layout; for dictionaries of text it
// is also much the faster one.
bool is_kept(const arrow::DataType& type) {
  switch (type.id()) {
    case Type::STRING_VIEW:
    case Type::BINARY_VIEW:
      return true;
    case Type::DICTIONARY: {
      const auto value = static_cast<const arrow::DictionaryType&>(type).value_type()->id();
      return value == Type::STRING || value == Type::BINARY;
    }
    default:
      return false;
  }
}

// Row groups may hold more values than the indices of the source count, and each reader would have
// to fit them in: Arrow's, to which the file tells this type, gives up on such a file.
std::shared_ptr<arrow::DataType> kept_type(const std::shared_ptr<arrow::DataType>& type) {
  if (type->id() != Type::DICTIONARY) return type;
  const auto& dictionary = static_cast<const arrow::DictionaryType&>(*type);
  return arrow::dictionary(arrow::int32(), dictionary.value_type(), dictionary.ordered());
}

std::shared_ptr<arrow::DataType> storage_type(const std::shared_ptr<arrow::DataType>& type) {
  return is_kept(*type) ? kept_type(type) : storage_form(plain_type(type));
}

// Parquet has no null inside a dictionary.
std::shared_ptr<arrow::Array> kept_dictionary(const std::shared_ptr<arrow::Array>& array,
                                              arrow::MemoryPool* pool) {
  const auto type = kept_type(array->type());
  const auto& dictionary = static_cast<const arrow::DictionaryArray&>(*array);
  if (dictionary.dictionary()->null_count() != 0)
    return from_plain(to_plain(array, pool), type, pool);
  if (type->Equals(*array->type())) return array;
  arrow::compute::ExecContext context(pool);
  const auto indices =
      value_or_throw(arrow::compute::Cast(*dictionary.indices(), arrow::int32(),
                                          arrow::compute::CastOptions::Unsafe(), &context),
                     "widen dictionary indices");
  return value_or_throw(arrow::DictionaryArray::FromArrays(type, indices, dictionary.dictionary()),
                        "widen dictionary indices");
}

std::shared_ptr<arrow::Array> store(const std::shared_ptr<arrow::Array>& array,
                                    arrow::MemoryPool* pool) {
  if (array->type_id() == Type::DICTIONARY && is_kept(*array->type()))
    return kept_dictionary(array, pool);
  return is_kept(*array->type()) ? array : to_form(to_plain(array, pool), pool);
}

std::shared_ptr<arrow::Array> restore(const std::shared_ptr<arrow::Array>& array,
                                      const std::shared_ptr<arrow::DataType>& type,
                                      arrow::MemoryPool* pool) {
  if (is_kept(*type) && array->type()->Equals(*type)) return array;
  const auto plain = plain_type(type);
  const bool is_stored_form = is_kept(*array->type()) && plain_type(array->type())->Equals(*plain);
  auto values = is_stored_form ? to_plain(array, pool) : from_form(array, plain, pool);
  return from_plain(values, type, pool);
}

// Column by column through `convert`, whose errors get the name of the column.
std::shared_ptr<arrow::RecordBatch> convert_columns(
    const arrow::RecordBatch& batch, const std::shared_ptr<arrow::Schema>& schema,
    const std::function<std::shared_ptr<arrow::Array>(int)>& convert) {
  std::vector<std::shared_ptr<arrow::Array>> columns;
  for (int i = 0; i < batch.num_columns(); ++i) {
    try {
      columns.push_back(convert(i));
    } catch (const LayoutTooNarrow&) {
      throw;
    } catch (const Error& error) {
      throw error.while_doing(fmt::format("column '{}'", printable(schema->field(i)->name())));
    }
  }
  return arrow::RecordBatch::Make(schema, batch.num_rows(), std::move(columns));
}

}  // namespace

std::shared_ptr<arrow::Schema> storage_schema(const arrow::Schema& schema) {
  if (schema.num_fields() == 0)
    throw Error(ErrorKind::unsupported, "Parquet has no tables without columns",
                "leave the table out or export it to CSV");
  arrow::FieldVector fields;
  for (const auto& field : schema.fields()) {
    try {
      fields.push_back(field->WithType(storage_type(field->type())));
    } catch (const Error& error) {
      throw Error(ErrorKind::unsupported,
                  fmt::format("column '{}': {}", printable(field->name()), error.message()),
                  error.next_step().empty() ? "cast it to a type that has one" : error.next_step());
    }
  }
  return arrow::schema(std::move(fields), schema.metadata());
}

std::shared_ptr<arrow::Schema> decoded_schema(const arrow::Schema& schema) {
  arrow::FieldVector fields;
  for (const auto& field : schema.fields()) {
    const auto& type = field->type();
    fields.push_back(field->WithType(is_kept(*type) ? kept_type(type) : plain_type(type)));
  }
  return arrow::schema(std::move(fields), schema.metadata());
}

std::shared_ptr<arrow::RecordBatch> to_storage(const arrow::RecordBatch& batch,
                                               const std::shared_ptr<arrow::Schema>& storage,
                                               arrow::MemoryPool* pool) {
  return convert_columns(batch, storage, [&](int i) { return store(batch.column(i), pool); });
}

std::shared_ptr<arrow::RecordBatch> from_storage(const arrow::RecordBatch& batch,
                                                 const std::shared_ptr<arrow::Schema>& schema,
                                                 arrow::MemoryPool* pool) {
  if (batch.num_columns() != schema->num_fields())
    throw Error(ErrorKind::corrupt, fmt::format("it has {} columns instead of {}",
                                                batch.num_columns(), schema->num_fields()));
  return convert_columns(batch, schema, [&](int i) {
    const auto& field = *schema->field(i);
    if (batch.column_name(i) != field.name())
      throw Error(ErrorKind::corrupt,
                  fmt::format("it is named '{}'", printable(batch.column_name(i))));
    return restore(batch.column(i), field.type(), pool);
  });
}

}  // namespace cairn::formats
