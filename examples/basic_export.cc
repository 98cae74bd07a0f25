// Export processed data and an analytical table as one version of a dataset.
//
//   basic_export [FOLDER]     works in FOLDER, the current one by default

#include <arrow/api.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "cairn/data_exporter.h"
#include "example.h"

namespace {

constexpr const char* kConfiguration = "config/pipeline_config.yaml";

// The configuration that a pipeline would have beside its code.
void write_configuration() {
  if (std::filesystem::exists(kConfiguration)) return;
  std::filesystem::create_directories("config");
  std::ofstream(kConfiguration) << "output_data_path: data/output\n"
                                   "output_formats: [csv, parquet]\n";
}

std::shared_ptr<arrow::RecordBatchReader> revenue_by_city() {
  const auto schema = arrow::schema(
      {arrow::field("city", arrow::utf8()), arrow::field("revenue", arrow::float64())});
  return example::read(arrow::Table::Make(
      schema, {example::column<arrow::StringBuilder, std::string>({"São Paulo", "Rio"}),
               example::column<arrow::DoubleBuilder, double>({19.9, 17.5})}));
}

void run() {
  write_configuration();
  const auto config = cairn::PipelineConfig::from_file(kConfiguration);
  cairn::ExportManager manager(config);

  const auto processed_data = example::read(example::orders());
  const std::vector<cairn::TableInput> analytical_tables = {{"revenue_by_city", revenue_by_city()}};
  const cairn::ExportSummary summary =
      manager.export_complete_dataset(processed_data, analytical_tables, "ecommerce_data");

  std::cout << "ecommerce_data is now at version " << summary.version.version << ":\n";
  for (const cairn::DatasetFile& file : summary.files) std::cout << "  " << file.path << "\n";
  std::cout << "described by " << summary.manifest.string() << "\n";
}

}  // namespace

int main(int count, char** arguments) {
  return example::main(count, arguments, run);
}
