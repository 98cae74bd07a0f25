#pragma once

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/arrow_error.h"
#include "support/arrow_values.h"

namespace cairn::testing {

/// A batch of one column from JSON text: batch_of(arrow::int64(), "[1, null]").
inline std::shared_ptr<arrow::RecordBatch> batch_of(const std::shared_ptr<arrow::DataType>& type,
                                                    std::string_view json) {
  return batch_of(array_of(type, json));
}

/// The columns of a typical table, nested ones included: ascending ids, numbers with nulls, text
/// that repeats and text that does not, times and lists. The same for the same seed.
inline std::shared_ptr<arrow::RecordBatch> sample_batch(int64_t rows, uint32_t seed = 1) {
  std::mt19937 random(seed);
  const auto one_in = [&](uint32_t n) { return random() % n == 0; };
  arrow::Int64Builder id;
  arrow::DoubleBuilder price;
  arrow::BooleanBuilder paid;
  arrow::StringBuilder city;
  arrow::StringBuilder comment;
  arrow::TimestampBuilder time(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"),
                               arrow::default_memory_pool());
  auto items = std::make_shared<arrow::Int32Builder>();
  arrow::ListBuilder list(arrow::default_memory_pool(), items);
  const auto append = [](auto& builder, bool null, auto value) {
    check(null ? builder.AppendNull() : builder.Append(value), "make a sample");
  };
  for (int64_t row = 0; row < rows; ++row) {
    append(id, false, row);
    append(price, one_in(10), static_cast<double>(random() % 10000) / 100);
    append(paid, one_in(20), one_in(2));
    append(city, one_in(30), "city " + std::to_string(random() % 40));
    append(comment, one_in(50), "comment " + std::to_string(random()));
    append(time, one_in(15), static_cast<int64_t>(1'600'000'000'000'000 + random()));
    if (one_in(8)) {
      check(list.AppendNull(), "make a sample");
      continue;
    }
    check(list.Append(), "make a sample");
    for (uint32_t item = random() % 4; item > 0; --item)
      append(*items, one_in(9), static_cast<int32_t>(random()));
  }
  std::vector<std::pair<std::string, arrow::ArrayBuilder*>> builders{
      {"id", &id},           {"price", &price}, {"paid", &paid}, {"city", &city},
      {"comment", &comment}, {"time", &time},   {"list", &list}};
  arrow::FieldVector fields;
  arrow::ArrayVector columns;
  for (const auto& [name, builder] : builders) {
    columns.push_back(value_or_throw(builder->Finish(), "make a sample"));
    fields.push_back(arrow::field(name, columns.back()->type(), /*nullable=*/builder != &id));
  }
  return arrow::RecordBatch::Make(arrow::schema(fields), rows, columns);
}

}  // namespace cairn::testing
