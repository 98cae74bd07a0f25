// Work with the versions of a dataset, and prove that an export holds what it was given.
//
//   versions_and_integrity [FOLDER]     works in FOLDER, the current one by default

#include <arrow/api.h>

#include <iostream>
#include <memory>
#include <vector>

#include "cairn/data_exporter.h"
#include "cairn/data_integrity.h"
#include "cairn/data_version_manager.h"
#include "example.h"

namespace {

// Prices of a thousand products, the last of them given.
std::shared_ptr<arrow::RecordBatchReader> prices(double last) {
  arrow::DoubleBuilder price;
  for (int i = 0; i < 999; ++i) price.Append(i / 4.0).ok();
  price.Append(last).ok();
  const auto rows =
      arrow::RecordBatch::Make(arrow::schema({arrow::field("price", arrow::float64())}), 1000,
                               {price.Finish().ValueOrDie()});
  return arrow::RecordBatchReader::Make({rows}, rows->schema()).ValueOrDie();
}

void show_versions(const cairn::DataVersionManager& versions) {
  for (const cairn::DatasetVersion& version : versions.list("prices"))
    std::cout << "  version " << version.version << "  " << version.digest << "\n";
}

void work_with_versions(cairn::DataVersionManager& versions) {
  const auto first = versions.resolve(cairn::VersionReference::parse("prices@1"));
  versions.tag(first, "approved", /*replace=*/true);
  const auto approved = versions.resolve(cairn::VersionReference::parse("prices@tag:approved"));
  const auto newest = versions.latest("prices").value();

  for (const auto& table : versions.diff(approved, newest).tables)
    for (const auto& column : table.columns)
      std::cout << "since the approved version, '" << column.name << "' of '" << table.name
                << "' changed in its " << column.change << "\n";

  const auto restored = versions.rollback(approved, "the new price was wrong");
  std::cout << "version " << restored.version << " has the files of version " << approved.version
            << " again\n";
}

void check_integrity(const cairn::PipelineConfig& config,
                     const cairn::DataVersionManager& versions) {
  const cairn::DataIntegrityValidator validator;
  const auto newest = versions.latest("prices").value();
  for (const cairn::DatasetFile& file : versions.files(newest))
    std::cout << validator.calculate_checksum(config.output_data_path / file.path) << "  "
              << file.path << "\n";

  std::cout << validator.compare(*prices(10), *versions.read(newest)).to_text();
  cairn::CompareOptions a_sample;
  a_sample.sample_rows = 100;
  std::cout << validator.compare(*prices(10), *versions.read(newest), a_sample).to_text();
}

void run() {
  const cairn::PipelineConfig config;
  cairn::DataExporter exporter(config);
  exporter.export_table(prices(10), "prices");
  exporter.export_table(prices(11), "prices");

  cairn::DataVersionManager versions(config);
  show_versions(versions);
  work_with_versions(versions);
  check_integrity(config, versions);
}

}  // namespace

int main(int count, char** arguments) {
  return example::main(count, arguments, run);
}
