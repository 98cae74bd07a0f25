#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/clock.h"
#include "base/names.h"
#include "base/quantities.h"
#include "cairn/error.h"
#include "commands.h"
#include "io/file.h"
#include "render.h"
#include "state_commands.h"
#include "store/lineage_json.h"

namespace cairn::cli {
namespace {

std::string time_text(int64_t micros) {
  return micros == 0 ? "" : short_time(TimePoint(std::chrono::microseconds(micros)));
}

std::optional<int64_t> parse_moment(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto time = parse_rfc3339(text);
  if (time) return time->time_since_epoch().count();
  throw Error(ErrorKind::invalid_argument, fmt::format("'{}' is not a time", printable(text)),
              "write it like 2026-01-15 or 2026-01-15T09:30:00Z");
}

std::string rendered(const LineageGraph& graph, const std::string& format) {
  if (format == "json") return graph.to_json();
  if (format == "mermaid") return graph.to_mermaid();
  if (format == "dot") return graph.to_dot();
  if (format == "html") return graph.to_html();
  return graph.to_text();
}

int print_graph(Session& session, const LineageGraph& graph, const std::string& format,
                const std::filesystem::path& output) {
  const bool json = session.out().json() && format == "text";
  const std::string text = rendered(graph, json ? "json" : format);
  if (output.empty()) {
    session.out().write(text);
    return kDone;
  }
  io::replace_file(output, text);
  session.out().result({{"file", session.shown(output)},
                        {"nodes", graph.nodes.size()},
                        {"edges", graph.edges.size()},
                        {"truncated", graph.truncated}},
                       [&] {
                         return fmt::format(
                             "wrote {}: {}\n", session.shown(output),
                             counted(static_cast<int64_t>(graph.nodes.size()), "version"));
                       });
  return kDone;
}

void print_nodes(const Session& session, const std::vector<LineageNode>& nodes) {
  Json json = Json::array();
  for (const LineageNode& node : nodes) json.push_back(store::to_json(node));
  session.out().result(json, [&] {
    TextTable lines({"version", "created", ">rows", ">size", "digest", "check"});
    for (const LineageNode& node : nodes) {
      lines.add({printable(node.text()), time_text(node.created),
                 node.rows < 0 ? "" : format_count(node.rows),
                 node.bytes < 0 ? "" : format_bytes(node.bytes), short_digest(node.digest),
                 node.failed_check.empty() ? "" : "FAILED: " + printable(node.failed_check)});
    }
    return nodes.empty() ? "there are none\n" : lines.text();
  });
}

std::string names_of(const std::vector<LineageNode>& nodes) {
  std::vector<std::string> names;
  for (const LineageNode& node : nodes) names.push_back(printable(node.text()));
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string details_of(const LineageRun& run) {
  std::string text =
      fmt::format("{}  {}  {}\n", printable(run.id), printable(run.job), to_string(run.state));
  const auto line = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) text += fmt::format("  {:<9} {}\n", name, value);
  };
  line("kind", printable(run.kind));
  line("started", time_text(run.started));
  line("ended", time_text(run.ended));
  line("part of", printable(run.parent));
  line("code", printable(run.code_version));
  for (const auto& [name, value] : run.parameters)
    line("param", fmt::format("{} = {}", printable(name), printable(value.to_json())));
  line("read", names_of(run.inputs));
  line("made", names_of(run.outputs));
  for (const ColumnEdge& column : run.columns) {
    line("column", printable(fmt::format("{}.{} -> {}.{} {} {}", column.input_dataset,
                                         column.input_column, column.output_dataset,
                                         column.output_column, column.type, column.subtype)));
  }
  line("error", printable(run.error, 1000));
  return text;
}

}  // namespace

int run_lineage_show(Session& session, const LineageShowOptions& options) {
  Workspace workspace = session.open();
  const DataLineageTracker& lineage = workspace.lineage();
  if (options.reference.empty()) {
    print_nodes(session, lineage.datasets(options.limit));
    return kDone;
  }
  const LineageQuery query{options.depth, options.limit, parse_moment(options.as_of)};
  const bool both = options.upstream == options.downstream;
  const LineageGraph graph = both               ? lineage.around(options.reference, query)
                             : options.upstream ? lineage.upstream(options.reference, query)
                                                : lineage.downstream(options.reference, query);
  return print_graph(session, graph, options.format, options.output);
}

int run_lineage_paths(Session& session, const LineagePathsOptions& options) {
  Workspace workspace = session.open();
  const LineageGraph graph = workspace.lineage().paths(options.from, options.to);
  print_graph(session, graph, options.format, options.output);
  return graph.nodes.empty() ? kTheAnswerIsNo : kDone;
}

int run_lineage_impact(Session& session, const LineageReferenceOptions& options) {
  Workspace workspace = session.open();
  const auto impact = workspace.lineage().impact(options.reference);
  Json json = Json::array();
  for (const auto& [dataset, versions] : impact) {
    json.push_back({{"dataset", dataset.text()},
                    {"namespace", dataset.namespace_name},
                    {"name", dataset.name},
                    {"version_count", versions}});
  }
  session.out().result(json, [&] {
    if (impact.empty()) return std::string("nothing is made of it\n");
    TextTable lines({"dataset", ">versions"});
    for (const auto& [dataset, versions] : impact)
      lines.add({printable(dataset.text()), format_count(versions)});
    return lines.text();
  });
  return kDone;
}

int run_lineage_root_cause(Session& session, const LineageReferenceOptions& options) {
  Workspace workspace = session.open();
  const auto cause = workspace.lineage().root_cause(options.reference);
  Json json = {{"found", cause.has_value()}};
  if (cause) {
    json["node"] = store::to_json(cause->node);
    json["distance"] = cause->distance;
    json["reason"] = cause->reason;
  }
  session.out().result(json, [&] {
    if (!cause) return std::string("no check failed on the way to it, and nothing changed\n");
    return fmt::format("{}, {} up: {}\n", printable(cause->node.text()),
                       counted(cause->distance, "step"), printable(cause->reason, 1000));
  });
  return cause ? kDone : kTheAnswerIsNo;
}

int run_lineage_diff(Session& session, const LineageDiffOptions& options) {
  Workspace workspace = session.open();
  const RunDiff diff = workspace.lineage().diff(options.before, options.after);
  Json changes = Json::array();
  for (const auto& change : diff.changes)
    changes.push_back({{"what", change.what}, {"before", change.before}, {"after", change.after}});
  session.out().result({{"identical", diff.changes.empty()}, {"changes", changes}}, [&] {
    if (diff.changes.empty()) return std::string("they do not differ\n");
    TextTable lines({"what", "before", "after"});
    for (const auto& change : diff.changes)
      lines.add({printable(change.what), printable(change.before), printable(change.after)});
    return lines.text();
  });
  return diff.changes.empty() ? kDone : kTheAnswerIsNo;
}

int run_lineage_orphans(Session& session, const LineageOrphansOptions& options) {
  Workspace workspace = session.open();
  print_nodes(session, workspace.lineage().orphans(options.limit));
  return kDone;
}

int run_lineage_runs(Session& session, const LineageRunsOptions& options) {
  Workspace workspace = session.open();
  if (!options.id.empty()) {
    const LineageRun run = workspace.lineage().find_run(options.id);
    session.out().result(store::to_json(run), [&] { return details_of(run); });
    return kDone;
  }
  const auto runs = workspace.lineage().runs(options.job, options.limit);
  Json json = Json::array();
  for (const LineageRun& run : runs) json.push_back(store::to_json(run));
  session.out().result(json, [&] {
    TextTable lines({"run", "job", "state", "started", "read", "made"});
    for (const LineageRun& run : runs) {
      lines.add({printable(run.id), printable(run.job), std::string(to_string(run.state)),
                 time_text(run.started), names_of(run.inputs), names_of(run.outputs)});
    }
    return runs.empty() ? "there are none\n" : lines.text();
  });
  return kDone;
}

}  // namespace cairn::cli
