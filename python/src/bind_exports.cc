#include <nanobind/stl/chrono.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/vector.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bind_workspace.h"
#include "cairn/data_exporter.h"
#include "progress.h"
#include "record.h"
#include "rows.h"

namespace cairn::python {
namespace {

using NamedRows = std::vector<std::pair<std::string, IncomingRows*>>;

std::vector<TableInput> inputs_of(const NamedRows& tables) {
  std::vector<TableInput> inputs;
  for (const auto& [name, rows] : tables) inputs.push_back({name, rows->take(), rows->rows()});
  return inputs;
}

ExportNote note_of(const std::string& message, const std::string& author,
                   const std::vector<std::string>& tags,
                   const std::optional<std::string>& idempotency_key,
                   std::optional<int64_t> expected_parent, const std::optional<std::string>& run,
                   const std::vector<std::string>& inputs) {
  ExportNote note{message, author, tags, idempotency_key, expected_parent, run, {}};
  for (const std::string& input : inputs) note.inputs.push_back({LineageNode::parse(input), {}});
  return note;
}

ExportSummary export_tables(OpenWorkspace& workspace, const NamedRows& tables,
                            const std::string& dataset, const std::string& message,
                            const std::string& author, const std::vector<std::string>& tags,
                            const std::optional<std::string>& idempotency_key,
                            std::optional<int64_t> expected_parent,
                            const std::optional<std::string>& run,
                            const std::vector<std::string>& made_of, const nb::object& progress) {
  const auto note = note_of(message, author, tags, idempotency_key, expected_parent, run, made_of);
  const auto inputs = inputs_of(tables);
  return with_progress(progress, [&](Progress& reporting) {
    return workspace.get()->exports().exporter().export_tables(inputs, dataset, note, reporting);
  });
}

ExportPlan plan(OpenWorkspace& workspace, const std::vector<std::string>& tables,
                const std::string& dataset) {
  return workspace.get()->exports().exporter().plan(tables, dataset);
}

void bind_results(nb::module_& module) {
  Record<MemoryUse>(module, "MemoryUse")
      .member("input", &MemoryUse::input)
      .member("budget", &MemoryUse::budget)
      .member("pool_peak", &MemoryUse::pool_peak)
      .member("rss_peak", &MemoryUse::rss_peak);
  Record<ExportSummary>(module, "ExportSummary")
      .member("version", &ExportSummary::version)
      .member("tables", &ExportSummary::tables)
      .member("files", &ExportSummary::files)
      .member("output", &ExportSummary::output)
      .member("manifest", &ExportSummary::manifest)
      .member("md5_sums", &ExportSummary::md5_sums)
      .member("memory", &ExportSummary::memory)
      .member("elapsed", &ExportSummary::elapsed)
      .member("warnings", &ExportSummary::warnings)
      .member("reused", &ExportSummary::reused);
  Record<ExportPlan>(module, "ExportPlan")
      .member("dataset", &ExportPlan::dataset)
      .member("next_version", &ExportPlan::next_version)
      .member("files", &ExportPlan::files)
      .member("memory_budget", &ExportPlan::memory_budget)
      .member("free_disk_bytes", &ExportPlan::free_disk_bytes);
}

}  // namespace

void bind_exports(nb::module_& module) {
  bind_results(module);
  module.def("export_tables", &export_tables, nb::arg("workspace"), nb::arg("tables"),
             nb::arg("dataset_name"), nb::kw_only(), nb::arg("message") = "",
             nb::arg("author") = "", nb::arg("tags") = std::vector<std::string>(),
             nb::arg("idempotency_key") = nb::none(), nb::arg("expected_parent") = nb::none(),
             nb::arg("run") = nb::none(), nb::arg("inputs") = std::vector<std::string>(),
             nb::arg("progress") = nb::none());
  module.def("plan_export", &plan, nb::arg("workspace"), nb::arg("table_names"),
             nb::arg("dataset_name"), nb::call_guard<nb::gil_scoped_release>());
  module.attr("PROCESSED_TABLE") = nb::str(kProcessedTable.data(), kProcessedTable.size());
}

}  // namespace cairn::python
