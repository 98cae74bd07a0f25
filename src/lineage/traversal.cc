#include "lineage/traversal.h"

#include <algorithm>
#include <span>
#include <tuple>

namespace cairn::lineage {
namespace {

// So many nodes are asked for at once, which bounds what one turn at the catalog takes.
constexpr size_t kBatch = 4096;

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

bool Reached::add(int64_t key, int64_t distance) {
  if (!places_.emplace(key, keys_.size()).second) return false;
  keys_.push_back(key);
  distances_.push_back(distance);
  return true;
}

void walk(catalog::LineageRows& rows, const std::vector<int64_t>& start, Direction direction,
          const LineageQuery& query, Walk& walk, const std::function<bool(int64_t)>& enters) {
  const auto full = [&] {
    return query.limit > 0 && walk.reached.size() >= static_cast<size_t>(query.limit);
  };
  const auto enter = [&](int64_t key, int64_t distance) {
    if (walk.reached.holds(key) || (enters && !enters(key))) return false;
    if (full()) {
      walk.truncated = true;
      return false;
    }
    return walk.reached.add(key, distance);
  };
  std::vector<int64_t> level = start;
  for (const int64_t key : start) enter(key, 0);
  std::vector<int64_t> next;
  for (int64_t distance = 1; !level.empty(); ++distance, level.swap(next)) {
    next.clear();
    const bool last = query.depth > 0 && distance > query.depth;
    for (size_t at = 0; at < level.size(); at += kBatch) {
      const auto batch = std::span(level).subspan(at, std::min(kBatch, level.size() - at));
      for (const auto& edge : rows.edges(batch, direction, query.as_of)) {
        const int64_t key = direction == Direction::upstream ? edge.from : edge.to;
        if (last) {
          walk.truncated |= !walk.reached.holds(key);
        } else if (enter(key, distance)) {
          next.push_back(key);
        }
        if (walk.reached.holds(key)) walk.edges.push_back(edge);
      }
    }
  }
}

LineageGraph to_graph(catalog::LineageRows& rows, Walk walk, std::optional<int64_t> as_of) {
  LineageGraph graph;
  graph.truncated = walk.truncated;
  graph.nodes = rows.nodes(walk.reached.keys());
  drop_repeated(walk.edges);
  Reached runs;
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
