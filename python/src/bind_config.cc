#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <filesystem>
#include <string>
#include <tuple>
#include <vector>

#include "bind.h"
#include "cairn/config.h"
#include "record.h"

namespace cairn::python {
namespace {

namespace fs = std::filesystem;

using Names = std::vector<std::string>;
// What makes a configuration, in the order of its members; also how one is pickled.
using Settings = std::tuple<Names, fs::path, fs::path, fs::path, double, double, CsvDialect,
                            ParquetOptions, int64_t, int64_t, bool>;

std::vector<Format> formats_of(const Names& names) {
  std::vector<Format> formats;
  for (const std::string& name : names) formats.push_back(parse_format(name));
  return formats;
}

Names names_of(const std::vector<Format>& formats) {
  Names names;
  for (const Format format : formats) names.emplace_back(to_string(format));
  return names;
}

PipelineConfig config_of(const Settings& settings) {
  const auto& [formats, output, processed, temp, cache_gb, ttl, csv, parquet, memory, threads,
               sha256] = settings;
  csv.validate();
  parquet.validate();
  return {formats_of(formats),
          output,
          processed,
          temp,
          cache_gb,
          ttl,
          csv,
          parquet,
          memory,
          threads,
          sha256};
}

Settings settings_of(const PipelineConfig& config) {
  return {names_of(config.output_formats),
          config.output_data_path,
          config.processed_data_path,
          config.temp_data_path,
          config.max_cache_size_gb,
          config.cache_ttl_hours,
          config.csv,
          config.parquet,
          config.memory_budget,
          config.threads,
          config.sha256};
}

using CsvSettings =
    std::tuple<std::string, bool, std::string, bool, bool, std::string, std::string>;

CsvDialect dialect_of(const CsvSettings& settings) {
  const auto& [delimiter, crlf, quoting, header, bom, null_token, formulas] = settings;
  if (delimiter.size() != 1) throw nb::value_error("a delimiter is one character");
  CsvDialect dialect{delimiter[0], crlf,       parse_quoting(quoting),        header,
                     bom,          null_token, parse_formula_policy(formulas)};
  dialect.validate();
  return dialect;
}

CsvSettings settings_of(const CsvDialect& dialect) {
  return {std::string(1, dialect.delimiter),
          dialect.crlf,
          std::string(to_string(dialect.quoting)),
          dialect.header,
          dialect.bom,
          dialect.null_token,
          std::string(to_string(dialect.formula_policy))};
}

void bind_dialect(nb::module_& module) {
  nb::class_<CsvDialect>(module, "CsvDialect")
      .def(
          "__init__",
          [](CsvDialect* self, const std::string& delimiter, bool crlf, const std::string& quoting,
             bool header, bool bom, const std::string& null_token, const std::string& formulas) {
            new (self) CsvDialect(
                dialect_of({delimiter, crlf, quoting, header, bom, null_token, formulas}));
          },
          nb::kw_only(), nb::arg("delimiter") = ",", nb::arg("crlf") = false,
          nb::arg("quoting") = "minimal", nb::arg("header") = true, nb::arg("bom") = false,
          nb::arg("null_token") = "", nb::arg("formula_policy") = "keep")
      .def_prop_ro("delimiter", [](const CsvDialect& d) { return std::string(1, d.delimiter); })
      .def_ro("crlf", &CsvDialect::crlf)
      .def_prop_ro("quoting", [](const CsvDialect& d) { return to_string(d.quoting); })
      .def_ro("header", &CsvDialect::header)
      .def_ro("bom", &CsvDialect::bom)
      .def_ro("null_token", &CsvDialect::null_token)
      .def_prop_ro("formula_policy",
                   [](const CsvDialect& d) { return to_string(d.formula_policy); })
      .def("__getstate__", [](const CsvDialect& self) { return settings_of(self); })
      .def("__setstate__",
           [](CsvDialect& self, const CsvSettings& s) { new (&self) CsvDialect(dialect_of(s)); });
}

using ParquetSettings =
    std::tuple<std::string, std::optional<int>, int64_t, int64_t, bool, bool, bool>;

ParquetOptions parquet_of(const ParquetSettings& settings) {
  const auto& [compression, level, rows, bytes, dictionary, statistics, page_index] = settings;
  ParquetOptions options{compression, level, rows, bytes, dictionary, statistics, page_index};
  options.validate();
  return options;
}

void bind_parquet(nb::module_& module) {
  nb::class_<ParquetOptions>(module, "ParquetOptions")
      .def(
          "__init__",
          [](ParquetOptions* self, const std::string& compression, std::optional<int> level,
             int64_t rows, int64_t bytes, bool dictionary, bool statistics, bool page_index) {
            new (self) ParquetOptions(
                parquet_of({compression, level, rows, bytes, dictionary, statistics, page_index}));
          },
          nb::kw_only(), nb::arg("compression") = "snappy",
          nb::arg("compression_level") = nb::none(), nb::arg("row_group_rows") = 131072,
          nb::arg("row_group_bytes") = 64 << 20, nb::arg("dictionary") = true,
          nb::arg("statistics") = true, nb::arg("page_index") = true)
      .def_ro("compression", &ParquetOptions::compression)
      .def_ro("compression_level", &ParquetOptions::compression_level)
      .def_ro("row_group_rows", &ParquetOptions::row_group_rows)
      .def_ro("row_group_bytes", &ParquetOptions::row_group_bytes)
      .def_ro("dictionary", &ParquetOptions::dictionary)
      .def_ro("statistics", &ParquetOptions::statistics)
      .def_ro("page_index", &ParquetOptions::page_index)
      .def("__getstate__",
           [](const ParquetOptions& o) {
             return ParquetSettings{o.compression,     o.compression_level, o.row_group_rows,
                                    o.row_group_bytes, o.dictionary,        o.statistics,
                                    o.page_index};
           })
      .def("__setstate__", [](ParquetOptions& self, const ParquetSettings& settings) {
        new (&self) ParquetOptions(parquet_of(settings));
      });
}

}  // namespace

void bind_config(nb::module_& module) {
  bind_dialect(module);
  bind_parquet(module);
  Record<Setting>(module, "Setting")
      .member("name", &Setting::name)
      .member("value", &Setting::value)
      .member("origin", &Setting::origin);

  const PipelineConfig defaults;
  nb::class_<PipelineConfig> config(module, "PipelineConfig");
  config.def(
      "__init__",
      [](PipelineConfig* self, const Names& formats, const fs::path& output,
         const fs::path& processed, const fs::path& temp, double cache_gb, double ttl,
         const CsvDialect& csv, const ParquetOptions& parquet, int64_t memory, int64_t threads,
         bool sha256) {
        new (self) PipelineConfig(config_of({formats, output, processed, temp, cache_gb, ttl, csv,
                                             parquet, memory, threads, sha256}));
      },
      nb::kw_only(), nb::arg("output_formats") = names_of(defaults.output_formats),
      nb::arg("output_data_path") = defaults.output_data_path.string(),
      nb::arg("processed_data_path") = defaults.processed_data_path.string(),
      nb::arg("temp_data_path") = defaults.temp_data_path.string(),
      nb::arg("max_cache_size_gb") = defaults.max_cache_size_gb,
      nb::arg("cache_ttl_hours") = defaults.cache_ttl_hours, nb::arg("csv") = CsvDialect(),
      nb::arg("parquet") = ParquetOptions(), nb::arg("memory_budget") = 0, nb::arg("threads") = 0,
      nb::arg("sha256") = false);
  config.def_prop_rw(
      "output_formats", [](const PipelineConfig& self) { return names_of(self.output_formats); },
      [](PipelineConfig& self, const Names& names) { self.output_formats = formats_of(names); });
  config.def_rw("output_data_path", &PipelineConfig::output_data_path)
      .def_rw("processed_data_path", &PipelineConfig::processed_data_path)
      .def_rw("temp_data_path", &PipelineConfig::temp_data_path)
      .def_rw("max_cache_size_gb", &PipelineConfig::max_cache_size_gb)
      .def_rw("cache_ttl_hours", &PipelineConfig::cache_ttl_hours)
      .def_rw("csv", &PipelineConfig::csv)
      .def_rw("parquet", &PipelineConfig::parquet)
      .def_rw("memory_budget", &PipelineConfig::memory_budget)
      .def_rw("threads", &PipelineConfig::threads)
      .def_rw("sha256", &PipelineConfig::sha256)
      .def_static("from_file", &PipelineConfig::from_file, nb::arg("path"))
      .def_static("discover", &PipelineConfig::discover)
      .def("__getstate__", [](const PipelineConfig& self) { return settings_of(self); })
      .def("__setstate__", [](PipelineConfig& self, const Settings& settings) {
        new (&self) PipelineConfig(config_of(settings));
      });
  module.def("explain_config", &explain_config, nb::arg("file") = "");
}

}  // namespace cairn::python
