#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cairn/data_integrity.h"
#include "integrity/column_comparison.h"

namespace cairn::integrity {

/// Rows of both tables that belong together, one by one.
struct AlignedRows {
  std::shared_ptr<arrow::RecordBatch> original;
  std::shared_ptr<arrow::RecordBatch> exported;
  RowNames names;
};

/// Compares two tables of which an aligner says which rows belong together.
class TableComparison {
 public:
  /// Match columns by name, and report what does not match.
  ///
  /// Errors   invalid_argument for options that name no column of both tables.
  TableComparison(const arrow::Schema& original, const arrow::Schema& exported,
                  const CompareOptions& options);

  /// The columns that both tables have and whose values compare, in the order of the original.
  const std::vector<ColumnComparison>& columns() const { return columns_; }

  /// The pair of a key column.
  ///
  /// Errors   invalid_argument where there is none.
  const ColumnPair& pair(const std::string& name) const;

  void compare(const AlignedRows& rows);

  void count_rows(int64_t original, int64_t exported);

  /// Rows that only one side has, or keys that are not unique; `code` tells which.
  void add_row_issue(Issue issue) { row_issues_.push_back(std::move(issue)); }

  /// All that was found, in the order of the checks.
  IntegrityReport report() const;

 private:
  void match_columns(const arrow::Schema& original, const arrow::Schema& exported,
                     const CompareOptions& options);
  void report_columns_of_one_side(const arrow::Schema& schema, const arrow::Schema& other,
                                  std::string code, std::string_view side);
  void check_type(const ColumnPair& pair, DtypePolicy policy);
  Issue conversion(const ColumnComparison& column) const;

  const DtypePolicy policy_;
  int64_t original_rows_ = 0;
  int64_t exported_rows_ = 0;
  std::vector<ColumnComparison> columns_;
  std::vector<Issue> column_issues_;  // missing, extra, order
  std::vector<Issue> type_issues_;
  std::vector<Issue> row_issues_;
};

}  // namespace cairn::integrity
