#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/names.h"
#include "cairn/error.h"
#include "commands.h"
#include "io/file.h"
#include "render.h"
#include "state_commands.h"
#include "store/lineage_json.h"

namespace cairn::cli {
namespace {

std::pair<std::string, std::string> split(const std::string& text, char at, bool last,
                                          std::string_view form) {
  const size_t place = last ? text.rfind(at) : text.find(at);
  if (place == text.npos || place == 0 || place + 1 == text.size() + (at == '=' ? 1 : 0)) {
    throw Error(ErrorKind::invalid_argument, fmt::format("'{}' is not {}", printable(text), form),
                fmt::format("write it as {}", form));
  }
  return {text.substr(0, place), text.substr(place + 1)};
}

// What JSON reads is a value of its own type; anything else is text as it stands.
Value parse_value(const std::string& text) {
  try {
    return Value::from_json(text);
  } catch (const Error&) {
    return text;
  }
}

Value::Map parse_values(const std::vector<std::string>& assignments) {
  Value::Map values;
  for (const std::string& assignment : assignments) {
    auto [name, value] = split(assignment, '=', false, "NAME=VALUE");
    values[name] = parse_value(value);
  }
  return values;
}

std::vector<ColumnEdge> parse_columns(const std::vector<std::string>& texts) {
  constexpr std::string_view kForm = "DATASET.COLUMN=DATASET.COLUMN";
  std::vector<ColumnEdge> columns;
  for (const std::string& text : texts) {
    const auto [input, output] = split(text, '=', false, kForm);
    ColumnEdge& edge = columns.emplace_back();
    std::tie(edge.input_dataset, edge.input_column) = split(input, '.', true, kForm);
    std::tie(edge.output_dataset, edge.output_column) = split(output, '.', true, kForm);
  }
  return columns;
}

std::string joined(const std::vector<std::string>& names) {
  return names.empty() ? "nothing" : printable(fmt::format("{}", fmt::join(names, ", ")), 1000);
}

}  // namespace

int run_lineage_register(Session& session, const LineageRegisterOptions& options) {
  const Value::Map metadata = parse_values(options.metadata);
  const LineageDataset dataset = LineageDataset::parse(options.dataset);
  if (options.dry_run) {
    session.out().result(
        {{"namespace", dataset.namespace_name}, {"name", dataset.name}, {"dry_run", true}}, [&] {
          return fmt::format("would register '{}' with {}\n", printable(dataset.text()),
                             counted(static_cast<int64_t>(metadata.size()), "fact"));
        });
    return kDone;
  }
  Workspace workspace = Workspace::open(session.config(), true);
  const LineageNode node = workspace.lineage().register_dataset(options.dataset, metadata);
  Json json = store::to_json(node);
  json["dry_run"] = false;
  session.out().result(json,
                       [&] { return fmt::format("{} is registered\n", printable(node.text())); });
  return kDone;
}

int run_lineage_track(Session& session, const LineageTrackOptions& options) {
  LineageRun told;
  told.id = options.id;
  told.job = options.type;
  told.kind = options.type;
  told.parameters = parse_values(options.parameters);
  told.columns = parse_columns(options.columns);
  told.code_version = options.code;
  told.parent = options.parent;
  told.state = options.error.empty() ? RunState::COMPLETE : RunState::FAIL;
  told.error = options.error;
  for (const std::string& input : options.inputs) told.inputs.push_back(LineageNode::parse(input));
  for (const std::string& output : options.outputs)
    told.outputs.push_back(LineageNode::parse(output));
  if (options.inputs.empty() && options.outputs.empty()) {
    throw Error(ErrorKind::invalid_argument, "the transformation reads nothing and makes nothing",
                "name datasets with --input and --output");
  }
  if (options.dry_run) {
    session.out().result({{"id", options.id},
                          {"job", options.type},
                          {"inputs", options.inputs},
                          {"outputs", options.outputs},
                          {"dry_run", true}},
                         [&] {
                           return fmt::format("would record '{}': {} made of {}\n",
                                              printable(options.id), joined(options.outputs),
                                              joined(options.inputs));
                         });
    return kDone;
  }
  Workspace workspace = Workspace::open(session.config(), true);
  const LineageRun run = workspace.lineage().record_run(told);
  Json json = store::to_json(run);
  json["dry_run"] = false;
  session.out().result(json, [&] {
    return fmt::format("recorded '{}': {} made of {}\n", printable(run.id),
                       joined(json["outputs"].get<std::vector<std::string>>()),
                       joined(json["inputs"].get<std::vector<std::string>>()));
  });
  return kDone;
}

int run_lineage_export(Session& session, const LineageExportOptions& options) {
  Workspace workspace = session.open();
  const std::string events = workspace.lineage().to_openlineage(options.run);
  if (options.openlineage == "-") {
    if (!options.dry_run) session.out().write(events);
    return kDone;
  }
  const int64_t count = std::count(events.begin(), events.end(), '\n');
  if (!options.dry_run) io::replace_file(options.openlineage, events);
  session.out().result({{"file", session.shown(options.openlineage)},
                        {"events", count},
                        {"dry_run", options.dry_run}},
                       [&] {
                         return fmt::format(
                             "{} {} to {}\n", options.dry_run ? "would write" : "wrote",
                             counted(count, "event"), session.shown(options.openlineage));
                       });
  return kDone;
}

}  // namespace cairn::cli
