#include "cairn/data_exporter.h"
#include "store/store.h"

namespace cairn {

ExportManager::ExportManager(const PipelineConfig& config) : exporter_(config) {}

ExportManager::ExportManager(std::shared_ptr<store::Store> store) : exporter_(std::move(store)) {}

ExportSummary ExportManager::export_complete_dataset(
    std::shared_ptr<arrow::RecordBatchReader> processed_data,
    const std::vector<TableInput>& analytical_tables, const std::string& dataset_name,
    const ExportNote& note, Progress& progress) {
  std::vector<TableInput> tables{{std::string(kProcessedTable), std::move(processed_data)}};
  tables.insert(tables.end(), analytical_tables.begin(), analytical_tables.end());
  return exporter_.export_tables(tables, dataset_name, note, progress);
}

}  // namespace cairn
