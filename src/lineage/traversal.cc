#include "lineage/traversal.h"

#include <algorithm>
#include <tuple>

namespace cairn::lineage {
namespace {

// A run that ended later was still running then.
void show_as_of(LineageRun& run, int64_t moment) {
  if (run.ended <= moment) return;
  run.state = RunState::RUNNING;
  run.ended = 0;
  run.error.clear();
}

// Ways in two directions, and runs that are named twice, may have found the same edge.
void drop_repeated(std::vector<catalog::LineageEdge>& edges) {
  const auto order = [](const catalog::LineageEdge& edge) {
    return std::tie(edge.from, edge.to, edge.run);
  };
  std::sort(edges.begin(), edges.end(),
            [&](const auto& left, const auto& right) { return order(left) < order(right); });
  edges.erase(
      std::unique(edges.begin(), edges.end(),
                  [&](const auto& left, const auto& right) { return order(left) == order(right); }),
      edges.end());
}

}  // namespace

LineageGraph to_graph(catalog::LineageRows& rows, catalog::LineageWalk walk,
                      std::optional<int64_t> as_of) {
  LineageGraph graph;
  graph.truncated = walk.truncated;
  graph.nodes = rows.nodes(walk.reached.keys());
  drop_repeated(walk.edges);
  catalog::Reached runs;
  for (const catalog::LineageEdge& edge : walk.edges) {
    runs.add(edge.run, 0);
    graph.edges.push_back({walk.reached.place_of(edge.from), walk.reached.place_of(edge.to),
                           runs.place_of(edge.run)});
  }
  graph.runs = rows.runs_of(runs.keys());
  if (as_of)
    for (LineageRun& run : graph.runs) show_as_of(run, *as_of);
  return graph;
}

}  // namespace cairn::lineage
