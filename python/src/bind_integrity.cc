#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/vector.h>

#include <filesystem>
#include <map>
#include <string>

#include "cairn/data_integrity.h"
#include "formats/inputs/open_input.h"
#include "progress.h"
#include "record.h"
#include "rows.h"

namespace cairn::python {
namespace {

using Tolerances = std::map<std::string, std::pair<double, double>>;

void bind_report(nb::module_& module) {
  Record<Issue>(module, "Issue")
      .member("code", &Issue::code)
      .computed("severity", [](const Issue& issue) { return to_string(issue.severity); })
      .member("table", &Issue::table)
      .member("file", &Issue::file)
      .member("column", &Issue::column)
      .member("first_row", &Issue::first_row)
      .member("last_row", &Issue::last_row)
      .member("expected", &Issue::expected)
      .member("actual", &Issue::actual)
      .member("count", &Issue::count)
      .member("samples", &Issue::samples)
      .member("next_step", &Issue::next_step);
  Record<SampleFacts>(module, "SampleFacts")
      .member("rows", &SampleFacts::rows)
      .member("population", &SampleFacts::population)
      .member("seed", &SampleFacts::seed)
      .member("miss_one_percent", &SampleFacts::miss_one_percent)
      .member("miss_one_permille", &SampleFacts::miss_one_permille)
      .member("miss_single_row", &SampleFacts::miss_single_row);
  Record<IntegrityReport>(module, "IntegrityReport")
      .computed("verdict", [](const IntegrityReport& self) { return to_string(self.verdict); })
      .computed("passed", &IntegrityReport::passed)
      .member("level", &IntegrityReport::level)
      .member("checks", &IntegrityReport::checks)
      .member("issues", &IntegrityReport::issues)
      .member("sample", &IntegrityReport::sample)
      .member("rows", &IntegrityReport::rows)
      .member("bytes", &IntegrityReport::bytes)
      .def("to_json", &IntegrityReport::to_json)
      .def("to_text", &IntegrityReport::to_text)
      .def("to_html", &IntegrityReport::to_html);
}

CompareOptions options_of(const std::vector<std::string>& keys, bool multiset,
                          const std::string& dtypes, const std::pair<double, double>& tolerance,
                          const Tolerances& tolerances, std::optional<int64_t> sample_rows,
                          uint64_t seed, const std::vector<std::string>& masked) {
  CompareOptions options;
  options.alignment = multiset       ? Alignment::multiset
                      : keys.empty() ? Alignment::position
                                     : Alignment::key;
  options.keys = keys;
  options.dtypes = parse_dtype_policy(dtypes);
  options.tolerance = {tolerance.first, tolerance.second};
  for (const auto& [column, own] : tolerances) options.tolerances[column] = {own.first, own.second};
  options.sample_rows = sample_rows;
  options.seed = seed;
  options.masked_columns = masked;
  return options;
}

IntegrityReport compare(const DataIntegrityValidator& self, IncomingRows& original,
                        IncomingRows& exported, const std::vector<std::string>& keys, bool multiset,
                        const std::string& dtypes, const std::pair<double, double>& tolerance,
                        const Tolerances& tolerances, std::optional<int64_t> sample_rows,
                        uint64_t seed, const std::vector<std::string>& masked,
                        const nb::object& progress) {
  const CompareOptions options =
      options_of(keys, multiset, dtypes, tolerance, tolerances, sample_rows, seed, masked);
  const auto before = original.take();
  const auto after = exported.take();
  return with_progress(progress, [&](Progress& reporting) {
    return self.compare(*before, *after, options, reporting);
  });
}

OutgoingRows open_file(const std::filesystem::path& file) {
  return OutgoingRows(formats::open_input(file.string(), std::filesystem::temp_directory_path(),
                                          arrow::default_memory_pool())
                          .reader);
}

}  // namespace

void bind_integrity(nb::module_& module) {
  bind_report(module);
  nb::class_<DataIntegrityValidator>(module, "Validator")
      .def(nb::init<int64_t, std::filesystem::path>(), nb::arg("memory_bytes"),
           nb::arg("spill_folder"))
      .def("calculate_checksum", &DataIntegrityValidator::calculate_checksum, nb::arg("file"),
           nb::call_guard<nb::gil_scoped_release>())
      .def("compare", &compare, nb::arg("original"), nb::arg("exported"), nb::kw_only(),
           nb::arg("keys"), nb::arg("multiset"), nb::arg("dtypes"), nb::arg("tolerance"),
           nb::arg("tolerances"), nb::arg("sample_rows").none(), nb::arg("seed"),
           nb::arg("masked_columns"), nb::arg("progress").none());
  module.def("open_file", &open_file, nb::arg("file"), nb::call_guard<nb::gil_scoped_release>());
}

}  // namespace cairn::python
