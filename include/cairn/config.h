#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "cairn/csv_dialect.h"
#include "cairn/format.h"
#include "cairn/parquet_options.h"

namespace cairn {

/// What a pipeline is told once: where its data goes, and in which form.
///
/// Source   spec, "Configuration"; the keys of the YAML file are the names here, `csv:` and
/// `parquet:` are mappings.
struct PipelineConfig {
  std::vector<Format> output_formats{Format::csv, Format::parquet};
  std::filesystem::path output_data_path = "data/output";
  std::filesystem::path processed_data_path =
      "data/processed";  // where inputs named without a folder are looked for
  std::filesystem::path temp_data_path = "data/temp";
  double max_cache_size_gb = 2.0;
  double cache_ttl_hours = 24;

  CsvDialect csv;
  ParquetOptions parquet;

  int64_t memory_budget = 0;  // bytes for data on its way; 0 for a quarter of memory, at most 2 GiB
  int64_t threads = 0;        // 0 for every processor this process may use
  bool sha256 = false;        // SHA-256 of every file, beside MD5 and XXH3-128

  /// Read a YAML file of at most 1 MiB. Environment variables `CAIRN_<KEY>` take precedence over
  /// it. Errors: config, naming file, line and key, with the nearest known key for a misspelt one.
  static PipelineConfig from_file(const std::filesystem::path& path);

  /// `cairn.yaml`, else `config/pipeline_config.yaml`, else the defaults; environment variables on
  /// top.
  static PipelineConfig discover();
};

/// One setting in force and where it came from: "default", the name of a file, or "CAIRN_…".
struct Setting {
  std::string name;
  std::string value;
  std::string origin;
};

/// Every setting of the configuration that `from_file(file)`, or `discover()` for an empty path,
/// gives.
std::vector<Setting> explain_config(const std::filesystem::path& file);

}  // namespace cairn
