#include "integrity/paired_reader.h"

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include <algorithm>

#include "data/arrow_error.h"

namespace cairn::integrity {

bool PairedReader::Side::fill() {
  while (!at_end && (batch == nullptr || batch->num_rows() == 0)) {
    check(reader.ReadNext(&batch), "read a table to compare");
    at_end = batch == nullptr;
    if (!at_end) rows += batch->num_rows();
  }
  return !at_end;
}

std::optional<AlignedRows> PairedReader::next() {
  const bool has_original = original_.fill();
  const bool has_exported = exported_.fill();
  if (!has_original || !has_exported) return std::nullopt;
  const int64_t rows = std::min(original_.batch->num_rows(), exported_.batch->num_rows());
  AlignedRows aligned;
  aligned.original = original_.batch->Slice(0, rows);
  aligned.exported = exported_.batch->Slice(0, rows);
  aligned.names.first_row = next_row_;
  aligned.names.name = [first = next_row_](int64_t row) {
    return fmt::format("row {}", first + row);
  };
  original_.batch = original_.batch->Slice(rows);
  exported_.batch = exported_.batch->Slice(rows);
  next_row_ += rows;
  progress_.advance(rows);
  return aligned;
}

void PairedReader::drain() {
  for (Side* side : {&original_, &exported_}) {
    while (side->fill()) {
      side->batch = nullptr;
      progress_.advance(0);
    }
  }
}

}  // namespace cairn::integrity
