// Export processed data and an analytical table as one version of a dataset.
//
//   basic_export [FOLDER]     works in FOLDER, the current one by default

#include <arrow/api.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <vector>

#include "cairn/data_exporter.h"
#include "cairn/error.h"

namespace {

constexpr const char* kConfiguration = "config/pipeline_config.yaml";

// The configuration that a pipeline would have beside its code.
void write_configuration() {
  if (std::filesystem::exists(kConfiguration)) return;
  std::filesystem::create_directories("config");
  std::ofstream(kConfiguration) << "output_data_path: data/output\n"
                                   "output_formats: [csv, parquet]\n";
}

std::shared_ptr<arrow::RecordBatchReader> read(const std::shared_ptr<arrow::RecordBatch>& rows) {
  return arrow::RecordBatchReader::Make({rows}, rows->schema()).ValueOrDie();
}

template <typename Builder, typename Values>
std::shared_ptr<arrow::Array> column(const Values& values) {
  Builder builder;
  if (!builder.AppendValues(values).ok()) return nullptr;
  return builder.Finish().ValueOrDie();
}

std::shared_ptr<arrow::RecordBatchReader> orders() {
  const auto schema =
      arrow::schema({arrow::field("order_id", arrow::int64()), arrow::field("city", arrow::utf8()),
                     arrow::field("price", arrow::float64())});
  return read(arrow::RecordBatch::Make(
      schema, 3,
      {column<arrow::Int64Builder>(std::vector<int64_t>{1, 2, 3}),
       column<arrow::StringBuilder>(std::vector<std::string>{"São Paulo", "Rio", "Rio"}),
       column<arrow::DoubleBuilder>(std::vector<double>{19.9, 5.0, 12.5})}));
}

std::shared_ptr<arrow::RecordBatchReader> revenue_by_city() {
  const auto schema = arrow::schema(
      {arrow::field("city", arrow::utf8()), arrow::field("revenue", arrow::float64())});
  return read(arrow::RecordBatch::Make(
      schema, 2,
      {column<arrow::StringBuilder>(std::vector<std::string>{"São Paulo", "Rio"}),
       column<arrow::DoubleBuilder>(std::vector<double>{19.9, 17.5})}));
}

void run() {
  write_configuration();
  const auto config = cairn::PipelineConfig::from_file(kConfiguration);
  cairn::ExportManager manager(config);

  const auto processed_data = orders();
  const std::vector<cairn::TableInput> analytical_tables = {{"revenue_by_city", revenue_by_city()}};
  const cairn::ExportSummary summary =
      manager.export_complete_dataset(processed_data, analytical_tables, "ecommerce_data");

  std::cout << "ecommerce_data is now at version " << summary.version.version << ":\n";
  for (const cairn::DatasetFile& file : summary.files) std::cout << "  " << file.path << "\n";
  std::cout << "described by " << summary.manifest.string() << "\n";
}

}  // namespace

int main(int count, char** arguments) {
  try {
    if (count > 1) std::filesystem::current_path(arguments[1]);
    run();
    return 0;
  } catch (const cairn::Error& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
