#include "engine/output_lane.h"

#include <arrow/buffer.h>
#include <arrow/record_batch.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "data/arrow_error.h"

namespace cairn::engine {

OutputLane::OutputLane(const Output& output, const std::shared_ptr<arrow::Schema>& schema,
                       int64_t unit_bytes, TaskGroup& tasks, arrow::MemoryPool* pool)
    : output_(output),
      schema_(schema),
      unit_rows_(output.codec.unit_rows()),
      unit_bytes_(std::min(unit_bytes, output.codec.unit_bytes())),
      tasks_(tasks),
      pool_(pool),
      assembler_(output.codec.assemble()),
      read_back_(*schema),
      writer_([this](const Encoded& encoded) { write(encoded); }) {
  write_pieces(assembler_->begin());
}

void OutputLane::add(const Morsel& morsel, const MemoryBudget::Reservation& reservation) {
  if (gathering_.row_count + morsel.rows->num_rows() > unit_rows_) flush();
  gathering_.rows.push_back(morsel.rows);
  gathering_.row_count += morsel.rows->num_rows();
  gathering_.bytes += morsel.bytes;
  gathering_.reservations.push_back(reservation);
  if (gathering_.row_count >= unit_rows_ || gathering_.bytes >= unit_bytes_) flush();
}

void OutputLane::flush() {
  if (gathering_.rows.empty()) return;
  tasks_.run([this, number = next_unit_++, unit = std::exchange(gathering_, {})]() mutable {
    writer_.bring(number, encode(std::move(unit)));
  });
}

OutputLane::Encoded OutputLane::encode(Unit unit) const {
  Encoded encoded{output_.codec.encode(unit.rows, pool_), {}, std::move(unit.reservations)};
  if (!output_.decode_back) return encoded;
  unit.rows.clear();  // before the decoded rows take their place in memory
  auto rows = output_.codec.decode(encoded.unit, pool_);
  if (rows.empty()) return encoded;
  const auto reader =
      value_or_throw(arrow::RecordBatchReader::Make(std::move(rows)), "read back what was encoded");
  MorselSource decoded(*reader, unit_bytes_);
  while (const auto morsel = decoded.next()) {
    encoded.read_back.emplace_back(data::hash_strides(*morsel->rows), morsel->rows->num_rows());
  }
  return encoded;
}

void OutputLane::write(const Encoded& encoded) {
  write_pieces(assembler_->append(encoded.unit));
  for (const auto& [strides, rows] : encoded.read_back) read_back_.append(strides, rows);
  formula_cells_.resize(std::max(formula_cells_.size(), encoded.unit.formula_cells.size()));
  for (size_t i = 0; i < encoded.unit.formula_cells.size(); ++i)
    formula_cells_[i] += encoded.unit.formula_cells[i];
}

void OutputLane::write_pieces(const formats::FileAssembler::Pieces& pieces) {
  for (const auto& piece : pieces) output_.file.write(static_cast<std::string_view>(*piece));
}

OutputResult OutputLane::finish(const data::TableDigest& input) {
  write_pieces(assembler_->finish(output_.key_values ? output_.key_values(input)
                                                     : std::map<std::string, std::string>{}));
  OutputResult result{std::move(formula_cells_), {}};
  if (output_.decode_back) result.differences = data::differing_leaves(input, read_back_.finish());
  return result;
}

}  // namespace cairn::engine
