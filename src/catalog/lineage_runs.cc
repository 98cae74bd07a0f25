#include <fmt/format.h>

#include <algorithm>

#include "base/names.h"
#include "base/secrets.h"
#include "cairn/error.h"
#include "catalog/lineage_writing.h"
#include "catalog/sql_lineage_rows.h"
#include "catalog/version_rows.h"

namespace cairn::catalog {

namespace {

std::vector<std::string> datasets_of(const std::vector<LineageNode>& nodes) {
  std::vector<std::string> names;
  for (const LineageNode& node : nodes) names.push_back(without_secrets(node.dataset.text()));
  std::sort(names.begin(), names.end());
  return names;
}

// Whether a run that is there is the one that is being recorded again.
bool is_same_run(const LineageRun& stored, const LineageRun& run) {
  return stored.job == without_secrets(run.job) && stored.kind == without_secrets(run.kind) &&
         stored.code_version == without_secrets(run.code_version) &&
         stored.parameters == without_secrets(run.parameters) &&
         datasets_of(stored.inputs) == datasets_of(run.inputs) &&
         datasets_of(stored.outputs) == datasets_of(run.outputs);
}

LineageRun record_one(Connection& connection, const LineageRun& run, TimePoint now) {
  if (auto stored = select_run(connection, "WHERE r.run_id = ?", {run.id})) {
    LineageRun known = whole(connection, std::move(*stored));
    if (is_same_run(known, run)) return known;
    throw Error(ErrorKind::conflict,
                fmt::format("the id '{}' belongs to another transformation, of job '{}'",
                            printable(run.id), printable(known.job)),
                "choose another id for each run of a transformation");
  }
  KeyedRun keyed{insert_run(connection, run, ""), run};
  for (const LineageNode& input : run.inputs)
    add_input_to(connection, keyed.key, node_for(connection, input, now));
  for (const LineageNode& output : run.outputs)
    add_output_to(connection, keyed, output_node(connection, output, now), now);
  return whole(connection, run_with(connection, keyed.key));
}

}  // namespace

LineageNode SqlLineageRows::register_version(const LineageNode& node, TimePoint now) {
  return session_.write([&](Connection& connection) {
    return node_with(connection, node_for(connection, node, now));
  });
}

std::vector<LineageRun> SqlLineageRows::record(const std::vector<LineageRun>& runs, TimePoint now) {
  return session_.write([&](Connection& connection) {
    std::vector<LineageRun> recorded;
    recorded.reserve(runs.size());
    for (const LineageRun& run : runs) recorded.push_back(record_one(connection, run, now));
    return recorded;
  });
}

void SqlLineageRows::start(const LineageRun& run, std::string_view writer) {
  session_.write([&](Connection& connection) { insert_run(connection, run, writer); });
}

LineageNode SqlLineageRows::add_input(std::string_view run, const LineageNode& node,
                                      TimePoint now) {
  return session_.write([&](Connection& connection) {
    const int64_t run_key = running_run(connection, run).key;
    const int64_t key = node_for(connection, node, now);
    add_input_to(connection, run_key, key);
    return node_with(connection, key);
  });
}

LineageNode SqlLineageRows::add_output(std::string_view run, const LineageNode& node,
                                       TimePoint now) {
  return session_.write([&](Connection& connection) {
    const KeyedRun keyed = running_run(connection, run);
    const int64_t key = output_node(connection, node, now);
    add_output_to(connection, keyed, key, now);
    return node_with(connection, key);
  });
}

void SqlLineageRows::finish(std::string_view run, RunState state, std::string_view error,
                            TimePoint now) {
  session_.write([&](Connection& connection) {
    const int64_t key = running_run(connection, run).key;
    connection.execute("UPDATE lineage_run SET state = ?, error = ?, ended = ? WHERE id = ?",
                       {to_string(state), without_secrets(error), to_micros(now), key});
  });
}

bool SqlLineageRows::abort(std::string_view run, TimePoint now) {
  return session_.write([&](Connection& connection) {
    return connection.execute(
               "UPDATE lineage_run SET state = 'ABORT', error = ?, ended = ?"
               " WHERE run_id = ? AND state = 'RUNNING'",
               {"the process that ran it is gone", to_micros(now), run}) == 1;
  });
}

void SqlLineageRows::mark_check(const LineageDataset& dataset, int64_t sequence,
                                std::string_view failed_check) {
  session_.write([&](Connection& connection) {
    connection.execute(
        "UPDATE lineage_node SET failed_check = ? WHERE sequence = ? AND dataset_key ="
        " (SELECT id FROM lineage_dataset WHERE namespace = ? AND name = ?)",
        {without_secrets(failed_check), sequence, dataset.namespace_name, dataset.name});
  });
}

void SqlLineageRows::check_inputs(const std::vector<LineageInput>& inputs,
                                  const std::optional<std::string>& run) {
  if (inputs.empty() && !run) return;
  session_.use([&](Connection& connection) {
    if (run) running_run(connection, *run);
    for (const LineageInput& input : inputs) require_recordable(connection, input.node);
  });
}

std::vector<RunningRun> SqlLineageRows::running() {
  return session_.use([](Connection& connection) {
    const auto rows = connection.query(
        "SELECT run_id, writer FROM lineage_run WHERE state = 'RUNNING' ORDER BY id", {});
    std::vector<RunningRun> running;
    while (rows->next()) running.push_back({rows->text(0), rows->text(1)});
    return running;
  });
}

std::optional<LineageRun> SqlLineageRows::find_run(std::string_view id) {
  return session_.use([&](Connection& connection) -> std::optional<LineageRun> {
    auto run = select_run(connection, "WHERE r.run_id = ?", {id});
    if (!run) return std::nullopt;
    return whole(connection, std::move(*run));
  });
}

std::vector<LineageRun> SqlLineageRows::runs(std::string_view job, int64_t limit) {
  return session_.use([&](Connection& connection) {
    auto found = job.empty()
                     ? select_runs(connection, "ORDER BY r.id DESC LIMIT ?", {limit_or_all(limit)})
                     : select_runs(connection, "WHERE r.job = ? ORDER BY r.id DESC LIMIT ?",
                                   {job, limit_or_all(limit)});
    std::vector<LineageRun> runs;
    runs.reserve(found.size());
    for (KeyedRun& run : found) runs.push_back(whole(connection, std::move(run)));
    return runs;
  });
}

}  // namespace cairn::catalog
