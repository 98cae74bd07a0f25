#include "catalog/lineage_select.h"

#include <fmt/format.h>

#include <array>

#include "base/json.h"
#include "base/secrets.h"
#include "cairn/error.h"

namespace cairn::catalog {

namespace {

constexpr size_t kMaxMapBytes = size_t{1} << 20;

constexpr std::string_view kSelectNodes =
    "SELECT n.id, d.namespace, d.name, n.sequence, n.digest, n.schema_fingerprint, n.row_count,"
    " n.byte_count, n.path, n.metadata, n.created, n.failed_check"
    " FROM lineage_node n JOIN lineage_dataset d ON d.id = n.dataset_key ";

constexpr std::string_view kSelectRuns =
    "SELECT r.id, r.run_id, r.job, r.kind, r.state, r.parent, r.code_version, r.parameters,"
    " r.columns_json, r.error, r.started, r.ended FROM lineage_run r ";

constexpr std::array kStates{RunState::RUNNING, RunState::COMPLETE, RunState::FAIL,
                             RunState::ABORT};

[[noreturn]] void throw_damaged(std::string_view what) {
  throw Error(ErrorKind::corrupt, fmt::format("{} in the catalog is not what was written", what),
              "`cairn doctor` says what is damaged");
}

cairn::Value::Map map_of(const std::string& text, std::string_view what) {
  if (text == "{}") return {};  // of most rows there is nothing to say
  const cairn::Value value = cairn::Value::from_json(text);
  const auto* map = std::get_if<cairn::Value::Map>(&value.get());
  if (map == nullptr) throw_damaged(what);
  return *map;
}

std::vector<ColumnEdge> columns_of(const std::string& text) {
  if (text == "[]") return {};
  std::vector<ColumnEdge> columns;
  try {
    for (const Json& edge : parse_json(text, "column edges")) {
      columns.push_back({edge.at("input_dataset"), edge.at("input_column"),
                         edge.at("output_dataset"), edge.at("output_column"), edge.at("type"),
                         edge.at("subtype")});
    }
  } catch (const Json::exception&) {
    throw_damaged("a column edge");
  }
  return columns;
}

RunState state_of(std::string_view text) {
  for (const RunState state : kStates)
    if (to_string(state) == text) return state;
  throw_damaged("the state of a run");
}

KeyedNode read_node(const Rows& rows) {
  int column = 0;
  KeyedNode keyed;
  keyed.key = rows.integer(column++);
  LineageNode& node = keyed.node;
  node.dataset.namespace_name = rows.text(column++);
  node.dataset.name = rows.text(column++);
  node.sequence = rows.integer(column++);
  node.digest = rows.text(column++);
  node.schema = rows.text(column++);
  node.rows = rows.integer(column++);
  node.bytes = rows.integer(column++);
  node.path = rows.text(column++);
  node.metadata = map_of(rows.text(column++), "the metadata of a dataset");
  node.created = rows.integer(column++);
  node.failed_check = rows.text(column++);
  return keyed;
}

KeyedRun read_run(const Rows& rows) {
  int column = 0;
  KeyedRun keyed;
  keyed.key = rows.integer(column++);
  LineageRun& run = keyed.run;
  run.id = rows.text(column++);
  run.job = rows.text(column++);
  run.kind = rows.text(column++);
  run.state = state_of(rows.text(column++));
  run.parent = rows.text(column++);
  run.code_version = rows.text(column++);
  run.parameters = map_of(rows.text(column++), "the parameters of a run");
  run.columns = columns_of(rows.text(column++));
  run.error = rows.text(column++);
  run.started = rows.integer(column++);
  run.ended = rows.integer(column++);
  return keyed;
}

template <typename Row>
std::optional<Row> first_of(std::vector<Row> rows) {
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

}  // namespace

std::vector<KeyedNode> select_nodes(Connection& connection, std::string_view condition,
                                    Values parameters) {
  std::vector<KeyedNode> nodes;
  const auto rows = connection.query(std::string(kSelectNodes).append(condition), parameters);
  while (rows->next()) nodes.push_back(read_node(*rows));
  return nodes;
}

std::optional<KeyedNode> select_node(Connection& connection, std::string_view condition,
                                     Values parameters) {
  return first_of(select_nodes(connection, std::string(condition) + " LIMIT 1", parameters));
}

std::vector<KeyedRun> select_runs(Connection& connection, std::string_view condition,
                                  Values parameters) {
  std::vector<KeyedRun> runs;
  const auto rows = connection.query(std::string(kSelectRuns).append(condition), parameters);
  while (rows->next()) runs.push_back(read_run(*rows));
  return runs;
}

std::optional<KeyedRun> select_run(Connection& connection, std::string_view condition,
                                   Values parameters) {
  return first_of(select_runs(connection, std::string(condition) + " LIMIT 1", parameters));
}

LineageNode node_with(Connection& connection, int64_t key) {
  auto node = select_node(connection, "WHERE n.id = ?", {key});
  if (!node) throw_damaged("the version of an edge");
  return std::move(node->node);
}

KeyedRun run_with(Connection& connection, int64_t key) {
  auto run = select_run(connection, "WHERE r.id = ?", {key});
  if (!run) throw_damaged("the run of an edge");
  return std::move(*run);
}

std::vector<KeyedNode> parts_of(Connection& connection, int64_t run_key, Role role) {
  return select_nodes(connection,
                      "JOIN lineage_part p ON p.node_key = n.id"
                      " WHERE p.run_key = ? AND p.role = ? ORDER BY n.id",
                      {run_key, static_cast<int64_t>(role)});
}

LineageRun whole(Connection& connection, KeyedRun keyed) {
  for (KeyedNode& input : parts_of(connection, keyed.key, Role::input))
    keyed.run.inputs.push_back(std::move(input.node));
  for (KeyedNode& output : parts_of(connection, keyed.key, Role::output))
    keyed.run.outputs.push_back(std::move(output.node));
  return std::move(keyed.run);
}

std::string map_text(const cairn::Value::Map& map, std::string_view what) {
  std::string text = cairn::Value(map).to_json();
  if (text.size() > kMaxMapBytes) {
    throw Error(ErrorKind::invalid_argument,
                fmt::format("{} take {} bytes, of at most {}", what, text.size(), kMaxMapBytes),
                "lineage tells of data; keep the data itself in a dataset");
  }
  return text;
}

std::string columns_text(const std::vector<ColumnEdge>& columns) {
  Json array = Json::array();
  for (const ColumnEdge& edge : columns) {
    array.push_back({{"input_dataset", without_secrets(edge.input_dataset)},
                     {"input_column", edge.input_column},
                     {"output_dataset", without_secrets(edge.output_dataset)},
                     {"output_column", edge.output_column},
                     {"type", edge.type},
                     {"subtype", edge.subtype}});
  }
  return to_canonical_json(array);
}

}  // namespace cairn::catalog
