#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "cairn/csv_dialect.h"

namespace cairn::formats {

/// Bytes past the end of a field's text that may be read with it, so that short fields are copied
/// in one piece.
inline constexpr size_t kOverread = 32;

/// The fields of one column for some rows, as they go into the file: quotes and guards included.
struct Cells {
  std::vector<std::string_view> texts;  // one per row; valid until the column renders again

  // Texts that start before `overread_begin` or from `overread_end` on have kOverread readable
  // bytes; those between are values of the array itself, which may end anywhere.
  const char* overread_begin = nullptr;
  const char* overread_end = nullptr;
};

/// Turns the values of one array into CSV fields. How is decided once, for the whole array. Not for
/// two threads.
class ColumnText {
 public:
  virtual ~ColumnText() = default;

  /// Errors   invalid_argument for a value that equals the null token, is a formula under
  ///          FormulaPolicy::reject, or is forbidden by its type.
  virtual void render(int64_t first, int64_t rows, Cells& cells) = 0;

  /// Cells rendered so far that a spreadsheet would run.
  int64_t formula_cells() const { return formula_cells_; }

 protected:
  int64_t formula_cells_ = 0;
};

/// Errors   unsupported for union and for what JSON text cannot hold. The dialect must outlive it.
std::unique_ptr<ColumnText> make_column_text(std::shared_ptr<arrow::Array> array,
                                             const CsvDialect& dialect);

}  // namespace cairn::formats
