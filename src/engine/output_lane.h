#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/engine.h"
#include "engine/morsel_source.h"
#include "engine/ordered_lane.h"
#include "engine/task_group.h"

namespace cairn::engine {

/// One file in the making: gathers morsels into units, has them encoded and decoded back on any
/// thread, and orders, writes and hashes the bytes.
class OutputLane {
 public:
  /// `unit_bytes` bounds a unit further than its codec does.
  OutputLane(const Output& output, const std::shared_ptr<arrow::Schema>& schema, int64_t unit_bytes,
             TaskGroup& tasks, arrow::MemoryPool* pool);

  /// The next rows, held until their unit is full.
  void add(const Morsel& morsel, const MemoryBudget::Reservation& reservation);

  /// Have the rows gathered so far encoded as they are.
  void flush();

  /// After the last task: end the file, and compare what was decoded back with the digest of the
  /// input.
  OutputResult finish(const data::TableDigest& input);

 private:
  struct Unit {
    formats::Rows rows;
    int64_t row_count = 0;
    int64_t bytes = 0;
    std::vector<MemoryBudget::Reservation> reservations;
  };
  struct Encoded {
    formats::EncodedUnit unit;
    std::vector<std::pair<data::StrideHashes, int64_t>> read_back;  // hashes and their rows
    std::vector<MemoryBudget::Reservation> reservations;
  };

  Encoded encode(Unit unit) const;
  void write(const Encoded& encoded);
  void write_pieces(const formats::FileAssembler::Pieces& pieces);

  const Output& output_;
  const std::shared_ptr<arrow::Schema> schema_;
  const int64_t unit_rows_;
  const int64_t unit_bytes_;
  TaskGroup& tasks_;
  arrow::MemoryPool* const pool_;
  const std::unique_ptr<formats::FileAssembler> assembler_;
  data::TableDigester read_back_;
  std::vector<int64_t> formula_cells_;
  Unit gathering_;
  int64_t next_unit_ = 0;
  OrderedLane<Encoded> writer_;
};

}  // namespace cairn::engine
