#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/connection.h"
#include "catalog/lineage_rows.h"

namespace cairn::catalog {

// Rows of lineage as the structs of lineage_rows.h.

/// A run and the key of its row.
struct KeyedRun {
  int64_t key = 0;
  LineageRun run;  // without inputs and outputs
};

/// Nodes that `condition` selects: the end of a query over lineage_node n and lineage_dataset d.
std::vector<KeyedNode> select_nodes(Connection& connection, std::string_view condition,
                                    Values parameters);
std::optional<KeyedNode> select_node(Connection& connection, std::string_view condition,
                                     Values parameters);

/// Runs that `condition` selects: the end of a query over lineage_run r.
std::vector<KeyedRun> select_runs(Connection& connection, std::string_view condition,
                                  Values parameters);
std::optional<KeyedRun> select_run(Connection& connection, std::string_view condition,
                                   Values parameters);

/// Rows by keys that other rows hold. Errors: corrupt where there is none.
LineageNode node_with(Connection& connection, int64_t key);
KeyedRun run_with(Connection& connection, int64_t key);

/// What a run read, or what it made.
enum class Role : int64_t { input = 0, output = 1 };
std::vector<KeyedNode> parts_of(Connection& connection, int64_t run_key, Role role);

/// The run with its inputs and outputs.
LineageRun whole(Connection& connection, KeyedRun keyed);

/// Parameters and metadata, and column edges, as stored.
std::string map_text(const cairn::Value::Map& map, std::string_view what);
std::string columns_text(const std::vector<ColumnEdge>& columns);

}  // namespace cairn::catalog
