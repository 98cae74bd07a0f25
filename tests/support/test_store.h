#pragma once

#include <arrow/record_batch.h>

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "cairn/data_exporter.h"
#include "cairn/data_version_manager.h"
#include "store/store.h"
#include "support/fixed_environment.h"
#include "support/tables.h"
#include "support/temporary_folder.h"

namespace cairn::testing {

/// A store of its own, with a clock that the test moves and the same ids in every run.
class TestStore {
 public:
  explicit TestStore(std::vector<Format> formats = {Format::csv, Format::parquet}) {
    config.output_data_path = folder / "out";
    config.temp_data_path = folder / "temp";
    config.output_formats = std::move(formats);
    config.threads = 1;
    config.memory_budget = int64_t{64} << 20;
    clock = std::make_shared<FixedClock>(*parse_rfc3339("2026-01-15T09:30:12Z"));
    store = store::Store::open(config, store::Store::Mode::create,
                               {clock, std::make_shared<SeededRandom>(1)});
    exporter = std::make_unique<DataExporter>(store);
    versions = std::make_unique<DataVersionManager>(store);
  }

  ExportSummary publish(int64_t rows, const ExportNote& note = {},
                        const std::string& dataset = "orders") {
    return exporter->export_table(read_in_pieces(make_orders(rows), 100), dataset, note);
  }

  DatasetVersion version(int64_t number) const {
    return versions->resolve({"orders", std::to_string(number)});
  }

  /// All files in the folders of data, relative to the output folder.
  std::set<std::string> data_files() const {
    std::set<std::string> files;
    for (const char* part : {"csv", "parquet", "analytical"})
      for (const auto& entry : std::filesystem::directory_iterator(config.output_data_path / part))
        files.insert(std::string(part) + "/" + entry.path().filename().string());
    return files;
  }

  const TemporaryFolder folder;
  PipelineConfig config;
  std::shared_ptr<FixedClock> clock;
  std::shared_ptr<store::Store> store;
  std::unique_ptr<DataExporter> exporter;
  std::unique_ptr<DataVersionManager> versions;
};

}  // namespace cairn::testing
