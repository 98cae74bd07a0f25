#include "demo_pipeline.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/table.h>
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <utility>

#include "base/quantities.h"
#include "data/arrow_error.h"
#include "render.h"

namespace cairn::cli {
namespace {

constexpr const char* kProcess = "bestsellers";
constexpr const char* kMaking = "compute the demo's ranking";
constexpr size_t kRanks = 100;

using Reader = std::shared_ptr<arrow::RecordBatchReader>;
using Counts = std::vector<std::pair<int64_t, int64_t>>;  // product, units

template <typename Array, typename Batch>
const Array& column(const Batch& batch, const char* name) {
  return static_cast<const Array&>(*batch.GetColumnByName(name));
}

// A table of two columns of integers, as a reader.
Reader reader_of(const char* first, const char* second, const Counts& counts) {
  arrow::Int64Builder left;
  arrow::Int64Builder right;
  for (const auto& [product, units] : counts) {
    check(left.Append(product), kMaking);
    check(right.Append(units), kMaking);
  }
  const auto schema = arrow::schema(
      {arrow::field(first, arrow::int64(), false), arrow::field(second, arrow::int64(), false)});
  const auto rows = arrow::RecordBatch::Make(
      schema, static_cast<int64_t>(counts.size()),
      {value_or_throw(left.Finish(), kMaking), value_or_throw(right.Finish(), kMaking)});
  return value_or_throw(arrow::RecordBatchReader::Make({rows}), kMaking);
}

Counts count_units(arrow::RecordBatchReader& items) {
  std::map<int64_t, int64_t> units;
  std::shared_ptr<arrow::RecordBatch> batch;
  while (check(items.ReadNext(&batch), kMaking), batch != nullptr) {
    const auto& product = column<arrow::Int64Array>(*batch, "product_id");
    const auto& quantity = column<arrow::Int32Array>(*batch, "quantity");
    for (int64_t row = 0; row < batch->num_rows(); ++row)
      units[product.Value(row)] += quantity.Value(row);
  }
  return {units.begin(), units.end()};
}

Counts best_of(const arrow::Table& sold) {
  const auto rows = value_or_throw(sold.CombineChunksToBatch(), kMaking);
  const auto& product = column<arrow::Int64Array>(*rows, "product_id");
  const auto& units = column<arrow::Int64Array>(*rows, "units");
  Counts counts;
  for (int64_t row = 0; row < rows->num_rows(); ++row)
    counts.emplace_back(product.Value(row), units.Value(row));
  std::stable_sort(counts.begin(), counts.end(),
                   [](const auto& left, const auto& right) { return left.second > right.second; });
  counts.resize(std::min(counts.size(), kRanks));
  return counts;
}

}  // namespace

DatasetVersion DemoPipeline::run(const std::string& die_after) {
  PersistenceManager& persistence = workspace_.persistence();
  persistence.start_run(kProcess, {{"ranks", static_cast<int64_t>(kRanks)}});
  Progress progress = find_checkpoint();
  const auto is_done = [&](const char* step) {
    return std::find(progress.done.begin(), progress.done.end(), step) != progress.done.end();
  };
  if (!is_done("count")) save(progress, "count", count_sold(), die_after);
  if (!is_done("rank")) save(progress, "rank", rank(progress.rows), die_after);
  const DatasetVersion published = publish(progress.rows);
  persistence.finish_run();
  return published;
}

DemoPipeline::Progress DemoPipeline::find_checkpoint() {
  const auto recovery = workspace_.persistence().resume_process(kProcess);
  if (!recovery) {
    tell_("start", "no checkpoint: from the beginning");
    return {};
  }
  const CheckpointContent& content = recovery->checkpoint.content;
  tell_("resume", fmt::format("checkpoint {}: after '{}'", recovery->report.chosen,
                              recovery->checkpoint.info.step));
  return {content.completed_steps, content.tables.at("data")};
}

DemoPipeline::Rows DemoPipeline::cached(const CacheIdentity& identity,
                                        const DataCache::Compute& compute) {
  const CacheResult result = workspace_.persistence().get_or_compute(identity, compute);
  tell_(identity.step_name,
        result.hit()
            ? fmt::format("found in the cache, {}", counted(result.table->num_rows(), "row"))
            : fmt::format("computed, {} ({})", counted(result.table->num_rows(), "row"),
                          result.explanation));
  return result.table;
}

DemoPipeline::Rows DemoPipeline::count_sold() {
  const CacheIdentity identity{
      kProcess, "count", {}, {{reference_to(source_), source_.digest, {}}}, "1"};
  return cached(identity, [&] {
    const auto items = workspace_.versions().read(source_, "order_items");
    return reader_of("product_id", "units", count_units(*items));
  });
}

DemoPipeline::Rows DemoPipeline::rank(const Rows& sold) {
  const CacheIdentity identity{kProcess,
                               "rank",
                               {{"ranks", static_cast<int64_t>(kRanks)}},
                               {CacheInput::of_table("sold", *sold)},
                               "1"};
  return cached(identity, [&] { return reader_of("product_id", "units", best_of(*sold)); });
}

void DemoPipeline::save(Progress& progress, const std::string& step, const Rows& rows,
                        const std::string& die_after) {
  progress.done.push_back(step);
  progress.rows = rows;
  workspace_.persistence().create_process_checkpoint(kProcess, step, progress.done, rows);
  if (step == die_after) std::raise(SIGKILL);
}

DatasetVersion DemoPipeline::publish(const Rows& ranking) {
  ExportNote note;
  note.run = workspace_.persistence().current_run();
  const auto rows = std::make_shared<arrow::TableBatchReader>(*ranking);
  const auto summary = workspace_.exports().exporter().export_table(rows, kProcess, note);
  tell_("publish", reference_to(summary.version));
  return summary.version;
}

}  // namespace cairn::cli
