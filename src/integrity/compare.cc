#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <cmath>

#include "cairn/data_integrity.h"
#include "cairn/error.h"
#include "integrity/aligners.h"
#include "integrity/report.h"
#include "integrity/table_comparison.h"

namespace cairn {
namespace {

[[noreturn]] void refuse(const std::string& why, const std::string& next_step) {
  throw Error(ErrorKind::invalid_argument, "cannot compare: " + why, next_step);
}

void check_tolerance(const Tolerance& tolerance) {
  const auto is_amount = [](double value) { return std::isfinite(value) && value >= 0; };
  if (!is_amount(tolerance.absolute) || !is_amount(tolerance.relative))
    refuse("a tolerance is not a number from 0 on", "choose a finite tolerance of 0 or more");
}

bool has_tolerance(const CompareOptions& options) {
  const auto is_set = [](const Tolerance& tolerance) {
    return tolerance.absolute > 0 || tolerance.relative > 0;
  };
  bool any = is_set(options.tolerance);
  for (const auto& [name, tolerance] : options.tolerances) any = any || is_set(tolerance);
  return any;
}

void check_options(const CompareOptions& options) {
  check_tolerance(options.tolerance);
  for (const auto& [name, tolerance] : options.tolerances) check_tolerance(tolerance);
  if (options.alignment == Alignment::key && options.keys.empty())
    refuse("no key column was named", "name the columns that identify a row");
  if (options.alignment != Alignment::key && !options.keys.empty())
    refuse("key columns have a meaning for a comparison by key only", "align by key");
  if (options.alignment == Alignment::multiset && has_tolerance(options))
    refuse("rows in any order are compared exactly", "compare by key to allow a tolerance");
  if (!options.sample_rows) return;
  if (options.alignment != Alignment::position)
    refuse("a sample needs rows in the same order", "compare by position, or all rows");
  if (*options.sample_rows < 1) refuse("a sample has at least one row", "ask for more rows");
}

}  // namespace

DataIntegrityValidator::DataIntegrityValidator(int64_t memory_bytes,
                                               std::filesystem::path spill_folder)
    : memory_bytes_(memory_bytes), spill_folder_(std::move(spill_folder)) {}

IntegrityReport DataIntegrityValidator::compare(arrow::RecordBatchReader& original,
                                                arrow::RecordBatchReader& exported,
                                                const CompareOptions& options,
                                                Progress& progress) const {
  using namespace integrity;  // NOLINT: this function is their caller
  check_options(options);
  TableComparison comparison(*original.schema(), *exported.schema(), options);
  const TablePair tables{original, exported, progress};
  const SpillRoom room{memory_bytes_, spill_folder_.empty() ? std::filesystem::temp_directory_path()
                                                            : spill_folder_};
  progress.begin("comparing", -1);
  std::optional<SampleFacts> sample;
  if (options.alignment == Alignment::key) {
    compare_by_key(tables, comparison, options.keys, room);
  } else if (options.alignment == Alignment::multiset) {
    compare_as_multiset(tables, comparison, room);
  } else if (options.sample_rows) {
    sample = compare_sample(tables, comparison, *options.sample_rows, options.seed);
  } else {
    compare_by_position(tables, comparison);
  }
  IntegrityReport report = comparison.report();
  if (sample) report.rows = sample->rows;
  report.sample = sample;
  conclude(report);
  return report;
}

}  // namespace cairn
