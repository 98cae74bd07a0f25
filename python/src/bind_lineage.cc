#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "bind_workspace.h"
#include "cairn/data_lineage.h"
#include "record.h"

namespace cairn::python {
namespace {

using Release = nb::call_guard<nb::gil_scoped_release>;

std::vector<ColumnEdge> edges_of(const nb::object& columns) {
  std::vector<ColumnEdge> edges;
  for (const nb::handle each : columns) {
    const auto text = [&](size_t i, const char* otherwise) {
      return i < nb::len(each) ? nb::cast<std::string>(each[i]) : std::string(otherwise);
    };
    edges.push_back(
        {text(0, ""), text(1, ""), text(2, ""), text(3, ""), text(4, "DIRECT"), text(5, "")});
  }
  return edges;
}

// The lineage of a workspace.
class Lineage {
 public:
  explicit Lineage(std::shared_ptr<OpenWorkspace> workspace) : workspace_(std::move(workspace)) {}

  std::shared_ptr<DataLineageTracker> tracker() const {
    const auto opened = workspace_->get();
    return {opened, &opened->persistence().lineage_tracker()};
  }

  LineageNode register_dataset(const std::string& dataset, const nb::object& metadata) const {
    const Value::Map values = values_from(metadata);
    const nb::gil_scoped_release released;
    return tracker()->register_dataset(dataset, values);
  }

  LineageRun track_transformation(const std::string& id, const std::vector<std::string>& inputs,
                                  const std::vector<std::string>& outputs, const std::string& type,
                                  const nb::object& parameters, const nb::object& columns) const {
    const Value::Map values = values_from(parameters);
    const auto edges = edges_of(columns);
    const nb::gil_scoped_release released;
    return tracker()->track_transformation(id, inputs, outputs, type, values, edges);
  }

  LineageRun start_run(const std::string& job, const nb::object& parameters,
                       const std::string& code_version, const std::string& parent) const {
    const Value::Map values = values_from(parameters);
    const nb::gil_scoped_release released;
    return tracker()->start_run(job, values, code_version, parent);
  }

  // The run that everything of this workspace is part of while it is on.
  LineageRun begin(const std::string& job, const nb::object& parameters,
                   const std::string& code_version) const {
    const Value::Map values = values_from(parameters);
    const nb::gil_scoped_release released;
    return workspace_->get()->persistence().start_run(job, values, code_version);
  }
  void end(const std::string& error) const { workspace_->get()->persistence().finish_run(error); }

  LineageNode add_input(const std::string& run, const std::string& reference) const {
    return tracker()->add_input(run, LineageNode::parse(reference));
  }
  LineageNode add_output(const std::string& run, const std::string& reference) const {
    return tracker()->add_output(run, LineageNode::parse(reference));
  }
  void finish_run(const std::string& run, const std::string& error) const {
    tracker()->finish_run(run, error);
  }
  int64_t reap_runs() const { return tracker()->reap_runs(); }

  LineageNode find(const std::string& reference) const { return tracker()->find(reference); }
  std::vector<LineageNode> versions(const std::string& dataset) const {
    return tracker()->versions(LineageDataset::parse(dataset));
  }
  std::vector<LineageNode> datasets(int64_t limit) const { return tracker()->datasets(limit); }
  LineageRun find_run(const std::string& id) const { return tracker()->find_run(id); }
  std::vector<LineageRun> runs(const std::string& job, int64_t limit) const {
    return tracker()->runs(job, limit);
  }

  LineageGraph upstream(const std::string& reference, int64_t depth, int64_t limit,
                        std::optional<int64_t> as_of) const {
    return tracker()->upstream(reference, {depth, limit, as_of});
  }
  LineageGraph downstream(const std::string& reference, int64_t depth, int64_t limit,
                          std::optional<int64_t> as_of) const {
    return tracker()->downstream(reference, {depth, limit, as_of});
  }
  LineageGraph around(const std::string& reference, int64_t depth, int64_t limit,
                      std::optional<int64_t> as_of) const {
    return tracker()->around(reference, {depth, limit, as_of});
  }
  LineageGraph paths(const std::string& from, const std::string& to) const {
    return tracker()->paths(from, to);
  }
  std::vector<std::pair<std::string, int64_t>> impact(const std::string& reference) const {
    std::vector<std::pair<std::string, int64_t>> reached;
    for (const auto& [dataset, versions] : tracker()->impact(reference))
      reached.emplace_back(dataset.text(), versions);
    return reached;
  }
  RunDiff diff(const std::string& before, const std::string& after) const {
    return tracker()->diff(before, after);
  }
  std::optional<RootCause> root_cause(const std::string& reference) const {
    return tracker()->root_cause(reference);
  }
  std::vector<LineageNode> orphans(int64_t limit) const { return tracker()->orphans(limit); }
  std::string to_openlineage(const std::string& run) const {
    return tracker()->to_openlineage(run);
  }

 private:
  std::shared_ptr<OpenWorkspace> workspace_;
};

void bind_nodes(nb::module_& module) {
  Record<LineageNode>(module, "LineageNode")
      .computed("reference", &LineageNode::text)
      .computed("dataset", [](const LineageNode& self) { return self.dataset.text(); })
      .member("sequence", &LineageNode::sequence)
      .member("digest", &LineageNode::digest)
      .member("schema", &LineageNode::schema)
      .member("rows", &LineageNode::rows)
      .member("bytes", &LineageNode::bytes)
      .member("path", &LineageNode::path)
      .values("metadata", &LineageNode::metadata)
      .moment("created", &LineageNode::created)
      .member("failed_check", &LineageNode::failed_check);
  Record<ColumnEdge>(module, "ColumnEdge")
      .member("input_dataset", &ColumnEdge::input_dataset)
      .member("input_column", &ColumnEdge::input_column)
      .member("output_dataset", &ColumnEdge::output_dataset)
      .member("output_column", &ColumnEdge::output_column)
      .member("type", &ColumnEdge::type)
      .member("subtype", &ColumnEdge::subtype);
  Record<LineageRun>(module, "LineageRun")
      .member("id", &LineageRun::id)
      .member("job", &LineageRun::job)
      .member("kind", &LineageRun::kind)
      .computed("state", [](const LineageRun& self) { return to_string(self.state); })
      .member("parent", &LineageRun::parent)
      .member("code_version", &LineageRun::code_version)
      .values("parameters", &LineageRun::parameters)
      .member("error", &LineageRun::error)
      .moment("started", &LineageRun::started)
      .moment("ended", &LineageRun::ended)
      .member("inputs", &LineageRun::inputs)
      .member("outputs", &LineageRun::outputs)
      .member("columns", &LineageRun::columns);
}

std::vector<std::tuple<size_t, size_t, size_t>> edges(const LineageGraph& graph) {
  std::vector<std::tuple<size_t, size_t, size_t>> all;
  for (const LineageGraph::Edge& edge : graph.edges) all.emplace_back(edge.from, edge.to, edge.run);
  return all;
}

void bind_answers(nb::module_& module) {
  Record<LineageGraph>(module, "LineageGraph")
      .member("nodes", &LineageGraph::nodes)
      .member("runs", &LineageGraph::runs)
      .computed("edges", &edges)
      .member("truncated", &LineageGraph::truncated)
      .def("to_text", &LineageGraph::to_text)
      .def("to_json", &LineageGraph::to_json)
      .def("to_mermaid", &LineageGraph::to_mermaid)
      .def("to_dot", &LineageGraph::to_dot)
      .def("to_html", &LineageGraph::to_html);
  Record<RunDiff::Change>(module, "RunChange")
      .member("what", &RunDiff::Change::what)
      .member("before", &RunDiff::Change::before)
      .member("after", &RunDiff::Change::after);
  Record<RunDiff>(module, "RunDiff").member("changes", &RunDiff::changes);
  Record<RootCause>(module, "RootCause")
      .member("node", &RootCause::node)
      .member("distance", &RootCause::distance)
      .member("reason", &RootCause::reason);
}

template <typename Class>
void bind_writing(Class& lineage) {
  lineage
      .def("register_dataset", &Lineage::register_dataset, nb::arg("dataset"),
           nb::arg("metadata").none())
      .def("track_transformation", &Lineage::track_transformation, nb::arg("id"), nb::arg("inputs"),
           nb::arg("outputs"), nb::arg("transformation_type"), nb::arg("parameters").none(),
           nb::arg("columns"))
      .def("start_run", &Lineage::start_run, nb::arg("job"), nb::arg("parameters").none(),
           nb::arg("code_version"), nb::arg("parent"))
      .def("begin", &Lineage::begin, nb::arg("job"), nb::arg("parameters").none(),
           nb::arg("code_version"))
      .def("end", &Lineage::end, nb::arg("error"), Release())
      .def("add_input", &Lineage::add_input, nb::arg("run"), nb::arg("reference"), Release())
      .def("add_output", &Lineage::add_output, nb::arg("run"), nb::arg("reference"), Release())
      .def("finish_run", &Lineage::finish_run, nb::arg("run"), nb::arg("error"), Release())
      .def("reap_runs", &Lineage::reap_runs, Release());
}

template <typename Class>
void bind_queries(Class& lineage) {
  const auto traversal = [&](const char* name, auto method) {
    lineage.def(name, method, nb::arg("reference"), nb::arg("depth"), nb::arg("limit"),
                nb::arg("as_of").none(), Release());
  };
  traversal("upstream", &Lineage::upstream);
  traversal("downstream", &Lineage::downstream);
  traversal("around", &Lineage::around);
  lineage.def("find", &Lineage::find, nb::arg("reference"), Release())
      .def("versions", &Lineage::versions, nb::arg("dataset"), Release())
      .def("datasets", &Lineage::datasets, nb::arg("limit"), Release())
      .def("find_run", &Lineage::find_run, nb::arg("id"), Release())
      .def("runs", &Lineage::runs, nb::arg("job"), nb::arg("limit"), Release())
      .def("paths", &Lineage::paths, nb::arg("start"), nb::arg("end"), Release())
      .def("impact", &Lineage::impact, nb::arg("reference"), Release())
      .def("diff", &Lineage::diff, nb::arg("before"), nb::arg("after"), Release())
      .def("root_cause", &Lineage::root_cause, nb::arg("reference"), Release())
      .def("orphans", &Lineage::orphans, nb::arg("limit"), Release())
      .def("to_openlineage", &Lineage::to_openlineage, nb::arg("run"), Release());
}

}  // namespace

void bind_lineage(nb::module_& module) {
  bind_nodes(module);
  bind_answers(module);
  nb::class_<Lineage> lineage(module, "Lineage");
  lineage.def(nb::init<std::shared_ptr<OpenWorkspace>>(), nb::arg("workspace"));
  bind_writing(lineage);
  bind_queries(lineage);
}

}  // namespace cairn::python
