#include "integrity/column_comparison.h"

#include <arrow/api.h>
#include <arrow/compute/api.h>
#include <arrow/compute/initialize.h>
#include <fmt/format.h>

#include "data/arrow_error.h"
#include "formats/physical_layout.h"
#include "integrity/report.h"

namespace cairn::integrity {
namespace {

std::shared_ptr<arrow::Array> to_wide(const std::shared_ptr<arrow::Array>& plain) {
  static const arrow::Status ready = arrow::compute::Initialize();
  check(ready, "start the compute kernels");
  const auto wide = wide_type(plain->type());
  if (plain->type()->Equals(*wide)) return plain;
  return value_or_throw(arrow::compute::Cast(*plain, wide), "bring nested values into one layout");
}

bool equal_as_a_whole(const arrow::Array& original, const arrow::Array& exported) {
  return original.type()->Equals(*exported.type()) &&
         original.Equals(exported, arrow::EqualOptions::Defaults().nans_equal(true));
}

}  // namespace

void Differences::add(const RowNames& rows, int64_t row,
                      const std::function<std::string()>& sample) {
  ++count;
  if (rows.first_row) {
    const int64_t at = *rows.first_row + row;
    if (!first_row) first_row = at;
    last_row = at;
  }
  if (samples.size() < kMaxSamples) samples.push_back(sample());
}

Cells comparable_cells(const ColumnPair& pair, const std::shared_ptr<arrow::Array>& array) {
  const auto plain = formats::to_plain(array, arrow::default_memory_pool());
  const ValueClass kind = value_class(*plain->type());
  if (pair.relation == TypeRelation::by_text && kind != ValueClass::text) return text_cells(plain);
  return read_cells(kind == ValueClass::composite ? to_wide(plain) : plain);
}

void ColumnComparison::compare(const std::shared_ptr<arrow::Array>& original,
                               const std::shared_ptr<arrow::Array>& exported,
                               const RowNames& rows) {
  // The common case, without a look at single values.
  if (equal_as_a_whole(*original, *exported)) return;
  const Cells a = comparable_cells(pair_, original);
  const Cells b = comparable_cells(pair_, exported);
  if (equal_as_a_whole(*a.array, *b.array)) return;
  const CellEquality equal = make_equality(a, b, pair_.tolerance);
  const CellEquality exactly_equal = make_equality(a, b, Tolerance{});
  const bool tolerant = pair_.tolerance.absolute > 0 || pair_.tolerance.relative > 0;
  for (int64_t row = 0; row < original->length(); ++row) {
    const bool a_null = a.array->IsNull(row);
    const bool b_null = b.array->IsNull(row);
    if (a_null && b_null) continue;
    const auto sampled = [&] { return sample(original, exported, rows, row); };
    if (a_null != b_null) {
      nulls_.add(rows, row, sampled);
    } else if (!equal(row, row)) {
      values_.add(rows, row, sampled);
    } else if (tolerant && !exactly_equal(row, row)) {
      ++tolerated_;
    }
  }
}

std::string ColumnComparison::sample(const std::shared_ptr<arrow::Array>& original,
                                     const std::shared_ptr<arrow::Array>& exported,
                                     const RowNames& rows, int64_t row) const {
  if (pair_.masked) return rows.name(row) + ": (masked)";
  return fmt::format("{}: {} became {}", rows.name(row), shown(original, row),
                     shown(exported, row));
}

}  // namespace cairn::integrity
