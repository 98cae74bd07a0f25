#include "catalog/lineage_writing.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/names.h"
#include "base/secrets.h"
#include "cairn/error.h"
#include "catalog/version_rows.h"
#include "io/layout.h"

namespace cairn::catalog {

namespace {

constexpr size_t kMaxTextBytes = 1024;

// Text that is stored as it is: a name, a path, a version of code.
std::string checked_text(std::string_view what, std::string_view text, bool may_be_empty = true) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if ((text.empty() && !may_be_empty) || text.size() > kMaxTextBytes || !is_utf8(text) ||
      std::any_of(text.begin(), text.end(), is_control)) {
    throw Error(ErrorKind::invalid_argument,
                fmt::format("'{}' cannot be the {}", printable(text), what),
                fmt::format("use {} to {} bytes of UTF-8 without control characters",
                            may_be_empty ? 0 : 1, kMaxTextBytes));
  }
  return without_secrets(text);
}

struct DatasetKey {
  int64_t id = 0;
  int64_t last_sequence = 0;
};

// A URI may stand in both: "postgres" and "//user:password@host/table".
LineageDataset checked_dataset(const LineageDataset& dataset) {
  const std::string space = checked_text("namespace of a dataset", dataset.namespace_name, false);
  checked_text("name of a dataset", dataset.name, false);
  return {space, without_secrets(space + ":" + dataset.name).substr(space.size() + 1)};
}

DatasetKey dataset_key(Connection& connection, const LineageDataset& told) {
  const auto [space, name] = checked_dataset(told);
  {
    const auto found = connection.query(
        "SELECT id, last_sequence FROM lineage_dataset WHERE namespace = ? AND name = ?",
        {space, name});
    if (found->next()) return {found->integer(0), found->integer(1)};
  }
  const auto made = connection.query(
      "INSERT INTO lineage_dataset (namespace, name, last_sequence, last_node_key)"
      " VALUES (?, ?, 0, 0) RETURNING id",
      {space, name});
  made->next();
  return {made->integer(0), 0};
}

int64_t insert_node(Connection& connection, const DatasetKey& dataset, int64_t sequence,
                    const LineageNode& node, TimePoint now) {
  int64_t key = 0;
  {
    const auto rows = connection.query(
        "INSERT INTO lineage_node (dataset_key, sequence, digest, schema_fingerprint, row_count,"
        " byte_count, path, metadata, created, failed_check)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        {dataset.id, sequence, checked_text("digest", node.digest),
         checked_text("schema fingerprint", node.schema), node.rows, node.bytes,
         checked_text("path of a dataset", node.path),
         map_text(without_secrets(node.metadata), "metadata"), to_micros(now), ""});
    rows->next();
    key = rows->integer(0);
  }
  if (sequence > dataset.last_sequence) {
    connection.execute(
        "UPDATE lineage_dataset SET last_sequence = ?, last_node_key = ? WHERE id = ?",
        {sequence, key, dataset.id});
  }
  return key;
}

bool is_part_of_a_run(Connection& connection, int64_t node_key) {
  return connection.query("SELECT 1 FROM lineage_part WHERE node_key = ? LIMIT 1", {node_key})
      ->next();
}

// How what is known of a node stands to what is said of it.
enum class Agreement { same, more_is_known, different };

Agreement compare(const LineageNode& known, const LineageNode& said) {
  bool more = false;
  bool different = false;
  const auto hold = [&](const auto& before, const auto& after, const auto& unknown) {
    if (after == unknown || after == before) return;
    (before == unknown ? more : different) = true;
  };
  hold(known.digest, said.digest, std::string());
  hold(known.schema, said.schema, std::string());
  hold(known.rows, said.rows, int64_t{-1});
  hold(known.bytes, said.bytes, int64_t{-1});
  hold(known.path, without_secrets(said.path), std::string());
  // Other metadata is another version, also where there was none before.
  if (!said.metadata.empty() && without_secrets(said.metadata) != known.metadata) different = true;
  if (different) return Agreement::different;
  return more ? Agreement::more_is_known : Agreement::same;
}

// What is not said stays as it is.
void update_node(Connection& connection, int64_t key, const LineageNode& known,
                 const LineageNode& said, TimePoint created) {
  const auto text = [](const std::string& now, const std::string& before) {
    return now.empty() ? before : now;
  };
  connection.execute(
      "UPDATE lineage_node SET digest = ?, schema_fingerprint = ?, row_count = ?, byte_count = ?,"
      " path = ?, created = ? WHERE id = ?",
      {text(said.digest, known.digest), text(said.schema, known.schema),
       said.rows < 0 ? known.rows : said.rows, said.bytes < 0 ? known.bytes : said.bytes,
       text(without_secrets(said.path), known.path), to_micros(created), key});
}

// The newest version that may be what is meant.
std::optional<KeyedNode> candidate(Connection& connection, const DatasetKey& dataset,
                                   const std::string& digest) {
  if (!digest.empty()) {
    auto same = select_node(connection,
                            "WHERE n.digest = ? AND n.digest <> '' AND n.dataset_key = ?"
                            " ORDER BY n.id DESC",
                            {digest, dataset.id});
    if (same) return same;
  }
  return select_node(connection, "WHERE n.dataset_key = ? AND n.sequence = ?",
                     {dataset.id, dataset.last_sequence});
}

KeyedNode existing_node(Connection& connection, const LineageNode& wanted) {
  auto found = select_node(connection, "WHERE d.namespace = ? AND d.name = ? AND n.sequence = ?",
                           {without_secrets(wanted.dataset.namespace_name),
                            without_secrets(wanted.dataset.name), wanted.sequence});
  if (found) return std::move(*found);
  throw Error(ErrorKind::not_found, fmt::format("lineage has no '{}'", printable(wanted.text())),
              "`cairn lineage datasets` lists what there is");
}

bool names(const std::string& text, const LineageDataset& dataset) {
  return LineageDataset::parse(text) == dataset;
}

// Whether the columns of a run, where it names some of `made`, say that it is of `read`.
bool derives(const LineageRun& run, const LineageDataset& read, const LineageDataset& made) {
  bool told = false;
  for (const ColumnEdge& column : run.columns) {
    if (!names(column.output_dataset, made)) continue;
    if (names(column.input_dataset, read)) return true;
    told = true;
  }
  return !told;
}

// What a run has read so far and makes a node of.
std::vector<int64_t> sources_of(Connection& connection, const KeyedRun& run, int64_t node_key) {
  std::vector<int64_t> sources;
  if (run.run.columns.empty()) {
    const auto rows = connection.query(
        "SELECT node_key FROM lineage_part WHERE run_key = ? AND role = 0", {run.key});
    while (rows->next()) sources.push_back(rows->integer(0));
    return sources;
  }
  const LineageNode made = node_with(connection, node_key);
  for (const KeyedNode& read : parts_of(connection, run.key, Role::input))
    if (derives(run.run, read.node.dataset, made.dataset)) sources.push_back(read.key);
  return sources;
}

bool is_made_of(Connection& connection, int64_t node_key, int64_t source_key) {
  return connection
      .query(
          "WITH RECURSIVE made (id) AS ("
          "   SELECT to_key FROM lineage_edge WHERE from_key = ?"
          "   UNION SELECT e.to_key FROM lineage_edge e JOIN made ON e.from_key = made.id)"
          " SELECT 1 FROM made WHERE id = ? LIMIT 1",
          {source_key, node_key})
      ->next();
}

// Keeps the graph free of cycles. Keys grow, and most versions are newer than all that they are
// made of; only one that was recorded in advance, and is published or made later, has to be asked.
bool may_derive(Connection& connection, int64_t from, int64_t to) {
  return from < to || (from != to && !is_made_of(connection, from, to));
}

// The version that a publication makes. One that was recorded in advance is it, unless it is known
// to have had other content: then that one gets out of the way.
int64_t published_node(Connection& connection, const LineageNode& node, TimePoint now) {
  const DatasetKey dataset = dataset_key(connection, node.dataset);
  const auto planned = select_node(connection, "WHERE n.dataset_key = ? AND n.sequence = ?",
                                   {dataset.id, node.sequence});
  if (!planned) return insert_node(connection, dataset, node.sequence, node, now);
  if (planned->node.digest.empty() || planned->node.digest == node.digest) {
    update_node(connection, planned->key, planned->node, node, now);
    return planned->key;
  }
  const int64_t behind = dataset.last_sequence + 1;
  connection.execute("UPDATE lineage_node SET sequence = ? WHERE id = ?", {behind, planned->key});
  connection.execute("UPDATE lineage_dataset SET last_sequence = ?, last_node_key = ? WHERE id = ?",
                     {behind, planned->key, dataset.id});
  return insert_node(connection, {dataset.id, behind}, node.sequence, node, now);
}

// The run that a publication is part of, or one of its own: an export must not fail because the run
// that it was to be part of has ended meanwhile.
KeyedRun run_of_publication(Connection& connection, const VersionDraft& draft) {
  if (draft.run) {
    auto run = select_run(connection, "WHERE r.run_id = ? AND r.state = 'RUNNING'", {*draft.run});
    if (run) return std::move(*run);
  }
  LineageRun run;
  run.id = draft.export_uuid;
  run.job = fmt::format("{} {}", draft.operation, draft.dataset);
  run.kind = draft.operation;
  run.parent = draft.run.value_or("");
  run.started = to_micros(draft.created);
  run.ended = run.started;
  const int64_t key = insert_run(connection, run, "");
  return {key, std::move(run)};
}

LineageNode node_of(const VersionDraft& draft, const DatasetVersion& version) {
  LineageNode node;
  node.dataset.name = version.dataset;
  node.sequence = version.version;
  node.digest = version.digest;
  node.rows = version.rows;
  node.bytes = version.bytes;
  node.path = io::Layout::manifest(version.slug, version.version);
  if (!draft.tables.empty()) node.schema = draft.tables.front().schema_fingerprint;
  return node;
}

}  // namespace

int64_t node_for(Connection& connection, const LineageNode& wanted, TimePoint now) {
  if (wanted.sequence != 0) return existing_node(connection, wanted).key;
  const DatasetKey dataset = dataset_key(connection, wanted.dataset);
  if (const auto known = candidate(connection, dataset, wanted.digest)) {
    const Agreement agreement = compare(known->node, wanted);
    if (agreement == Agreement::same) return known->key;
    if (agreement == Agreement::more_is_known && !is_part_of_a_run(connection, known->key)) {
      update_node(connection, known->key, known->node, wanted,
                  TimePoint(std::chrono::microseconds(known->node.created)));
      return known->key;
    }
  }
  return insert_node(connection, dataset, dataset.last_sequence + 1, wanted, now);
}

void require_recordable(Connection& connection, const LineageNode& wanted) {
  checked_dataset(wanted.dataset);
  checked_text("digest", wanted.digest);
  checked_text("schema fingerprint", wanted.schema);
  checked_text("path of a dataset", wanted.path);
  map_text(without_secrets(wanted.metadata), "metadata");
  if (wanted.sequence != 0) existing_node(connection, wanted);
}

int64_t output_node(Connection& connection, const LineageNode& wanted, TimePoint now) {
  if (wanted.sequence != 0) return existing_node(connection, wanted).key;
  const DatasetKey dataset = dataset_key(connection, wanted.dataset);
  return insert_node(connection, dataset, dataset.last_sequence + 1, wanted, now);
}

int64_t insert_run(Connection& connection, const LineageRun& run, std::string_view writer) {
  const auto rows = connection.query(
      "INSERT INTO lineage_run (run_id, job, kind, state, parent, writer, code_version, parameters,"
      " columns_json, error, started, ended) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT (run_id) DO NOTHING RETURNING id",
      {checked_text("id of a run", run.id, false), checked_text("name of a job", run.job, false),
       checked_text("kind of a run", run.kind), to_string(run.state),
       checked_text("parent of a run", run.parent), writer,
       checked_text("version of code", run.code_version),
       map_text(without_secrets(run.parameters), "parameters"), columns_text(run.columns),
       without_secrets(run.error), run.started, run.ended});
  if (rows->next()) return rows->integer(0);
  throw Error(ErrorKind::conflict, fmt::format("there is already a run '{}'", printable(run.id)),
              "choose another id");
}

KeyedRun running_run(Connection& connection, std::string_view id) {
  auto run = select_run(connection, "WHERE r.run_id = ?", {id});
  if (!run) {
    throw Error(ErrorKind::not_found, fmt::format("there is no run '{}'", printable(id)),
                "`cairn lineage runs` lists them");
  }
  if (run->run.state != RunState::RUNNING) {
    throw Error(ErrorKind::conflict,
                fmt::format("the run '{}' has ended: {}", printable(id), to_string(run->run.state)),
                "start a new run");
  }
  return std::move(*run);
}

void add_input_to(Connection& connection, int64_t run_key, int64_t node_key) {
  connection.execute(
      "INSERT INTO lineage_part (run_key, role, node_key) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
      {run_key, static_cast<int64_t>(Role::input), node_key});
}

void add_output_to(Connection& connection, const KeyedRun& run, int64_t node_key, TimePoint now) {
  connection.execute(
      "INSERT INTO lineage_part (run_key, role, node_key) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
      {run.key, static_cast<int64_t>(Role::output), node_key});
  for (const int64_t source : sources_of(connection, run, node_key)) {
    if (!may_derive(connection, source, node_key)) continue;
    connection.execute(
        "INSERT INTO lineage_edge (to_key, from_key, run_key, created) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        {node_key, source, run.key, to_micros(now)});
  }
}

void record_publication(Connection& connection, const VersionDraft& draft,
                        const DatasetVersion& version, std::optional<int64_t> rolled_back_to) {
  const KeyedRun run = run_of_publication(connection, draft);
  for (const LineageInput& input : draft.inputs)
    add_input_to(connection, run.key, node_for(connection, input.node, draft.created));
  LineageNode node = node_of(draft, version);
  if (rolled_back_to) {
    LineageNode old;
    old.dataset = node.dataset;
    old.sequence = *rolled_back_to;
    const KeyedNode before = existing_node(connection, old);
    node.schema = before.node.schema;
    add_input_to(connection, run.key, before.key);
  }
  add_output_to(connection, run, published_node(connection, node, draft.created), draft.created);
}

}  // namespace cairn::catalog
