#pragma once

#include <arrow/api.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <vector>

#include "cairn/error.h"

/// What every example needs beside what it shows: a little data, and a place to work in.
namespace example {

template <typename Builder, typename Value>
std::shared_ptr<arrow::Array> column(const std::vector<Value>& values) {
  Builder builder;
  if (!builder.AppendValues(values).ok()) return nullptr;
  return builder.Finish().ValueOrDie();
}

inline std::shared_ptr<arrow::Table> orders() {
  const auto schema =
      arrow::schema({arrow::field("order_id", arrow::int64()), arrow::field("city", arrow::utf8()),
                     arrow::field("price", arrow::float64())});
  return arrow::Table::Make(schema,
                            {column<arrow::Int64Builder, int64_t>({1, 2, 3}),
                             column<arrow::StringBuilder, std::string>({"São Paulo", "Rio", "Rio"}),
                             column<arrow::DoubleBuilder, double>({19.9, 5.0, 12.5})});
}

inline std::shared_ptr<arrow::RecordBatchReader> read(const std::shared_ptr<arrow::Table>& table) {
  return std::make_shared<arrow::TableBatchReader>(table);
}

/// Work in the folder that was named, and end with what went wrong.
inline int main(int count, char** arguments, void (*run)()) {
  try {
    if (count > 1) std::filesystem::current_path(arguments[1]);
    run();
    return 0;
  } catch (const cairn::Error& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}

}  // namespace example
