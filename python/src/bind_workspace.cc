#include "bind_workspace.h"

#include <nanobind/stl/vector.h>

#include "progress.h"
#include "record.h"

namespace cairn::python {
namespace {

void bind_reports(nb::module_& module) {
  Record<Finding>(module, "Finding")
      .member("what", &Finding::what)
      .computed("state", [](const Finding& self) { return to_string(self.state); })
      .member("detail", &Finding::detail)
      .member("next_step", &Finding::next_step);
  Record<HealthReport>(module, "HealthReport")
      .computed("verdict", [](const HealthReport& self) { return to_string(self.verdict()); })
      .member("findings", &HealthReport::findings);
  Record<StoreStatus::Checkpoints>(module, "CheckpointStatus")
      .member("processes", &StoreStatus::Checkpoints::processes)
      .member("checkpoints", &StoreStatus::Checkpoints::checkpoints)
      .member("bytes", &StoreStatus::Checkpoints::bytes);
  Record<StoreStatus::Lineage>(module, "LineageStatus")
      .member("datasets", &StoreStatus::Lineage::datasets)
      .member("versions", &StoreStatus::Lineage::versions)
      .member("runs", &StoreStatus::Lineage::runs)
      .member("running", &StoreStatus::Lineage::running);
  Record<StoreStatus>(module, "StoreStatus")
      .computed("verdict", &StoreStatus::verdict)
      .member("output", &StoreStatus::output)
      .member("datasets", &StoreStatus::datasets)
      .member("versions", &StoreStatus::versions)
      .member("bytes", &StoreStatus::bytes)
      .member("unfinished_exports", &StoreStatus::unfinished_exports)
      .member("free_disk_bytes", &StoreStatus::free_disk_bytes)
      .member("cache", &StoreStatus::cache)
      .member("checkpoints", &StoreStatus::checkpoints)
      .member("lineage", &StoreStatus::lineage)
      .member("findings", &StoreStatus::findings)
      .def("to_json", &StoreStatus::to_json)
      .def("to_prometheus", &StoreStatus::to_prometheus);
}

nb::dict library_versions() {
  nb::dict versions;
  for (const Library& library : libraries()) versions[library.name.c_str()] = library.version;
  return versions;
}

}  // namespace

void bind_workspace(nb::module_& module) {
  bind_reports(module);
  nb::class_<OpenWorkspace>(module, "Workspace")
      .def(nb::init<PipelineConfig, bool>(), nb::arg("config"), nb::arg("create"))
      .def_prop_ro("config", &OpenWorkspace::config, nb::rv_policy::copy)
      .def("status",
           [](OpenWorkspace& self) {
             const nb::gil_scoped_release released;
             return self.get()->status();
           })
      .def(
          "doctor",
          [](OpenWorkspace& self, const std::string& level, const nb::object& progress) {
            return with_progress(progress, [&](Progress& reporting) {
              return self.get()->doctor(parse_verify_level(level), reporting);
            });
          },
          nb::arg("level"), nb::arg("progress").none())
      .def("close", &OpenWorkspace::close, nb::call_guard<nb::gil_scoped_release>());
  module.def("libraries", &library_versions, nb::sig("def libraries() -> dict[str, str]"));
}

}  // namespace cairn::python
