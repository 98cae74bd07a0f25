#include "catalog/lineage_select.h"
#include "catalog/sql_lineage_rows.h"
#include "catalog/version_rows.h"

namespace cairn::catalog {

namespace {

constexpr std::string_view kOut =
    "SELECT from_key, to_key, run_key, created FROM lineage_edge WHERE from_key = ?"
    " ORDER BY to_key";
constexpr std::string_view kInto =
    "SELECT from_key, to_key, run_key, created FROM lineage_edge WHERE to_key = ?"
    " ORDER BY from_key";

int64_t count_by_key(Connection& connection, std::string_view newest_key) {
  const auto rows = connection.query(newest_key, {});
  rows->next();
  return rows->integer(0);
}

}  // namespace

std::optional<KeyedNode> SqlLineageRows::newest(const LineageDataset& dataset, Moment as_of) {
  return session_.use([&](Connection& connection) {
    if (as_of) {
      return select_node(connection,
                         "WHERE d.namespace = ? AND d.name = ? AND n.created <= ?"
                         " ORDER BY n.sequence DESC",
                         {dataset.namespace_name, dataset.name, *as_of});
    }
    return select_node(connection,
                       "WHERE d.namespace = ? AND d.name = ? AND n.sequence = d.last_sequence",
                       {dataset.namespace_name, dataset.name});
  });
}

std::optional<KeyedNode> SqlLineageRows::find(const LineageDataset& dataset, int64_t sequence) {
  return session_.use([&](Connection& connection) {
    return select_node(connection, "WHERE d.namespace = ? AND d.name = ? AND n.sequence = ?",
                       {dataset.namespace_name, dataset.name, sequence});
  });
}

std::optional<KeyedNode> SqlLineageRows::find_by_digest(std::string_view digest) {
  return session_.use([&](Connection& connection) {
    return select_node(connection, "WHERE n.digest = ? AND n.digest <> '' ORDER BY n.id DESC",
                       {digest});
  });
}

std::vector<KeyedNode> SqlLineageRows::versions(const LineageDataset& dataset, int64_t limit) {
  return session_.use([&](Connection& connection) {
    return select_nodes(connection,
                        "WHERE d.namespace = ? AND d.name = ? ORDER BY n.sequence DESC LIMIT ?",
                        {dataset.namespace_name, dataset.name, limit_or_all(limit)});
  });
}

std::vector<KeyedNode> SqlLineageRows::datasets(int64_t limit) {
  return session_.use([&](Connection& connection) {
    return select_nodes(connection,
                        "WHERE n.id = d.last_node_key ORDER BY d.last_node_key DESC LIMIT ?",
                        {limit_or_all(limit)});
  });
}

std::vector<KeyedNode> SqlLineageRows::orphans(int64_t limit) {
  return session_.use([&](Connection& connection) {
    return select_nodes(connection,
                        "WHERE NOT EXISTS (SELECT 1 FROM lineage_part p WHERE p.node_key = n.id)"
                        " ORDER BY n.id DESC LIMIT ?",
                        {limit_or_all(limit)});
  });
}

// Keys are given in order and no row is deleted, so that the last one is the count.
LineageTotals SqlLineageRows::totals() {
  return session_.use([](Connection& connection) {
    return LineageTotals{
        count_by_key(connection, "SELECT COALESCE(MAX(id), 0) FROM lineage_dataset"),
        count_by_key(connection, "SELECT COALESCE(MAX(id), 0) FROM lineage_node"),
        count_by_key(connection, "SELECT COALESCE(MAX(id), 0) FROM lineage_run")};
  });
}

LineageWalk SqlLineageRows::walk(const std::vector<int64_t>& start, const LineageSteps& steps) {
  const bool up = steps.direction == LineageSteps::Direction::upstream;
  return session_.read([&](Connection& connection) {
    return walk_edges(start, steps, [&](int64_t key, const auto& visit) {
      const auto rows = connection.query(up ? kInto : kOut, {key});
      while (rows->next()) {
        if (steps.as_of && rows->integer(3) > *steps.as_of) continue;
        visit({rows->integer(0), rows->integer(1), rows->integer(2)});
      }
    });
  });
}

std::vector<LineageNode> SqlLineageRows::nodes(std::span<const int64_t> keys) {
  return session_.read([&](Connection& connection) {
    std::vector<LineageNode> nodes;
    nodes.reserve(keys.size());
    for (const int64_t key : keys) nodes.push_back(node_with(connection, key));
    return nodes;
  });
}

std::vector<LineageDataset> SqlLineageRows::datasets_of(std::span<const int64_t> keys) {
  return session_.read([&](Connection& connection) {
    std::vector<LineageDataset> datasets;
    datasets.reserve(keys.size());
    for (const int64_t key : keys) {
      const auto row = connection.query(
          "SELECT d.namespace, d.name FROM lineage_node n"
          " JOIN lineage_dataset d ON d.id = n.dataset_key WHERE n.id = ?",
          {key});
      if (row->next()) datasets.push_back({row->text(0), row->text(1)});
    }
    return datasets;
  });
}

std::vector<LineageRun> SqlLineageRows::runs_of(std::span<const int64_t> keys) {
  return session_.read([&](Connection& connection) {
    std::vector<LineageRun> runs;
    runs.reserve(keys.size());
    for (const int64_t key : keys) runs.push_back(run_with(connection, key).run);
    return runs;
  });
}

std::vector<LineageRun> SqlLineageRows::makers(int64_t key) {
  return session_.read([&](Connection& connection) {
    std::vector<LineageRun> makers;
    for (KeyedRun& run : select_runs(connection,
                                     "JOIN lineage_part p ON p.run_key = r.id"
                                     " WHERE p.node_key = ? AND p.role = 1 ORDER BY r.id",
                                     {key}))
      makers.push_back(whole(connection, std::move(run)));
    return makers;
  });
}

}  // namespace cairn::catalog
