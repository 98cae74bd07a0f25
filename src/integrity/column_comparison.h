#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "integrity/cells.h"
#include "integrity/dtype_matrix.h"

namespace cairn::integrity {

/// A column that both tables have.
struct ColumnPair {
  std::string name;
  int original = 0;  // positions
  int exported = 0;
  std::shared_ptr<arrow::DataType> original_type;
  std::shared_ptr<arrow::DataType> exported_type;
  TypeRelation relation = TypeRelation::identical;
  Tolerance tolerance;
  bool masked = false;
};

/// What a report calls the rows that are being compared.
struct RowNames {
  std::function<std::string(int64_t)> name;  // "row 17", "id=17"
  std::optional<int64_t> first_row;          // of their table, where rows are known by position
};

/// Differences of one kind in one column.
struct Differences {
  int64_t count = 0;
  std::optional<int64_t> first_row;
  std::optional<int64_t> last_row;
  std::vector<std::string> samples;

  void add(const RowNames& rows, int64_t row, const std::function<std::string()>& sample);
};

/// Compares one column, some rows at a time.
class ColumnComparison {
 public:
  explicit ColumnComparison(ColumnPair pair) : pair_(std::move(pair)) {}

  const ColumnPair& pair() const { return pair_; }

  /// Arrays of the types of the pair and of one length, row against row.
  void compare(const std::shared_ptr<arrow::Array>& original,
               const std::shared_ptr<arrow::Array>& exported, const RowNames& rows);

  const Differences& nulls() const { return nulls_; }    // null on one side only
  const Differences& values() const { return values_; }  // neither null
  int64_t tolerated() const { return tolerated_; }       // not equal, but within the tolerance

 private:
  std::string sample(const std::shared_ptr<arrow::Array>& original,
                     const std::shared_ptr<arrow::Array>& exported, const RowNames& rows,
                     int64_t row) const;

  ColumnPair pair_;
  Differences nulls_;
  Differences values_;
  int64_t tolerated_ = 0;
};

/// The cells of an array in the form in which the two columns of a pair compare.
Cells comparable_cells(const ColumnPair& pair, const std::shared_ptr<arrow::Array>& array);

}  // namespace cairn::integrity
