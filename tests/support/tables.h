#pragma once

#include <arrow/api.h>

#include <memory>
#include <string>
#include <vector>

namespace cairn::testing {

/// A table of `rows` rows from a formula: id int64, amount double with two decimals, name utf8 with nulls, empty
/// strings, quotes and commas. Row i is the same whatever the number of rows.
inline std::shared_ptr<arrow::RecordBatch> make_orders(int64_t rows, int64_t first = 0) {
  arrow::Int64Builder id;
  arrow::DoubleBuilder amount;
  arrow::StringBuilder name;
  const std::vector<std::string> names{"Ana", "", "Bruno, \"o\" \n velho", "Zoë"};
  for (int64_t i = first; i < first + rows; ++i) {
    (void)id.Append(i);
    (void)amount.Append(static_cast<double>((i * 7919) % 100000) / 100);
    if (i % 5 == 4) {
      (void)name.AppendNull();
    } else {
      (void)name.Append(names[static_cast<size_t>(i % 4)]);
    }
  }
  const auto schema = arrow::schema({arrow::field("id", arrow::int64(), false),
                                     arrow::field("amount", arrow::float64()),
                                     arrow::field("name", arrow::utf8())});
  return arrow::RecordBatch::Make(schema, rows, {*id.Finish(), *amount.Finish(), *name.Finish()});
}

/// A reader that yields `batch` in pieces of at most `piece` rows.
inline std::shared_ptr<arrow::RecordBatchReader> read_in_pieces(
    const std::shared_ptr<arrow::RecordBatch>& batch, int64_t piece) {
  arrow::RecordBatchVector pieces;
  for (int64_t at = 0; at < batch->num_rows(); at += piece)
    pieces.push_back(batch->Slice(at, piece));
  return *arrow::RecordBatchReader::Make(pieces, batch->schema());
}

}  // namespace cairn::testing
