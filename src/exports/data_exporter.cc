#include "cairn/data_exporter.h"

#include <algorithm>

#include "engine/resources.h"
#include "exports/dataset_export.h"
#include "exports/export_files.h"
#include "io/machine.h"
#include "store/store.h"

namespace cairn {

struct DataExporter::Resources {
  explicit Resources(const PipelineConfig& config)
      : engine(engine::resolve_threads(config.threads),
               engine::resolve_memory_budget(config.memory_budget)) {}

  engine::Engine engine;
};

DataExporter::DataExporter(const PipelineConfig& config)
    : DataExporter(store::Store::open(config, store::Store::Mode::create)) {}

DataExporter::DataExporter(std::shared_ptr<store::Store> store)
    : store_(std::move(store)), resources_(std::make_shared<Resources>(store_->config())) {}

ExportSummary DataExporter::export_table(std::shared_ptr<arrow::RecordBatchReader> table,
                                         const std::string& dataset_name, const ExportNote& note,
                                         Progress& progress) {
  return export_tables({{std::string(kProcessedTable), std::move(table)}}, dataset_name, note,
                       progress);
}

ExportSummary DataExporter::export_tables(const std::vector<TableInput>& tables,
                                          const std::string& dataset_name, const ExportNote& note,
                                          Progress& progress) {
  return exports::DatasetExport(store_, resources_->engine, dataset_name, note, progress)
      .run(tables);
}

ExportPlan DataExporter::plan(const std::vector<std::string>& table_names,
                              const std::string& dataset_name) {
  const auto files = exports::plan_files(dataset_name, table_names, store_->config().output_formats,
                                         store_->new_id(), store_->now());
  ExportPlan plan;
  plan.dataset = dataset_name;
  if (const auto latest = store_->catalog().latest(dataset_name))
    plan.next_version = latest->version + 1;
  for (const exports::PlannedFile& file : files) {
    DatasetFile planned;
    planned.table = table_names[file.table];
    planned.format = to_string(file.format);
    planned.path = file.path;
    plan.files.push_back(std::move(planned));
  }
  plan.memory_budget = resources_->engine.memory_bytes();
  plan.free_disk_bytes = io::free_disk_bytes(store_->layout().output());
  return plan;
}

arrow::MemoryPool* DataExporter::memory_pool() {
  return resources_->engine.pool();
}

}  // namespace cairn
