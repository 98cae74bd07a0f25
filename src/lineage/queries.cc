#include <algorithm>
#include <map>
#include <span>

#include "cairn/data_lineage.h"
#include "lineage/reference.h"
#include "lineage/traversal.h"
#include "store/store.h"

namespace cairn {

using lineage::Direction;

namespace {

LineageGraph graph_around(catalog::LineageRows& rows, std::string_view reference,
                          const LineageQuery& query, std::initializer_list<Direction> directions) {
  const auto start = lineage::resolve(rows, reference, query.as_of);
  catalog::LineageWalk found;
  found.reached.add(start.key, 0);
  for (const Direction direction : directions) {
    // Each way by itself: the inputs of what was made of the start are not its own.
    const auto way = rows.walk({start.key}, {direction, query.depth, query.limit, query.as_of, {}});
    for (size_t i = 0; i < way.reached.size(); ++i)
      found.reached.add(way.reached.keys()[i], way.reached.distance(i));
    found.edges.insert(found.edges.end(), way.edges.begin(), way.edges.end());
    found.truncated |= way.truncated;
  }
  return lineage::to_graph(rows, std::move(found), query.as_of);
}

std::vector<int64_t> keys_of(const std::vector<catalog::KeyedNode>& nodes) {
  std::vector<int64_t> keys;
  for (const auto& node : nodes) keys.push_back(node.key);
  return keys;
}

}  // namespace

LineageGraph DataLineageTracker::upstream(std::string_view reference,
                                          const LineageQuery& query) const {
  return graph_around(store_->catalog().lineage(), reference, query, {Direction::upstream});
}

LineageGraph DataLineageTracker::downstream(std::string_view reference,
                                            const LineageQuery& query) const {
  return graph_around(store_->catalog().lineage(), reference, query, {Direction::downstream});
}

LineageGraph DataLineageTracker::around(std::string_view reference,
                                        const LineageQuery& query) const {
  return graph_around(store_->catalog().lineage(), reference, query,
                      {Direction::upstream, Direction::downstream});
}

LineageGraph DataLineageTracker::paths(std::string_view from, std::string_view to) const {
  auto& rows = store_->catalog().lineage();
  const auto start = lineage::resolve_all(rows, from);
  const auto end = lineage::resolve(rows, to);
  const auto after = rows.walk(keys_of(start), {Direction::downstream, 0, 0, {}, {}});
  const auto on_a_way = [&](int64_t key) { return after.reached.holds(key); };
  auto between = rows.walk({end.key}, {Direction::upstream, 0, 0, {}, on_a_way});
  return lineage::to_graph(rows, std::move(between), std::nullopt);
}

std::vector<std::pair<LineageDataset, int64_t>> DataLineageTracker::impact(
    std::string_view reference) const {
  auto& rows = store_->catalog().lineage();
  const auto start = keys_of(lineage::resolve_all(rows, reference));
  const auto found = rows.walk(start, {Direction::downstream, 0, 0, {}, {}});
  const auto affected = std::span(found.reached.keys()).subspan(start.size());
  std::vector<std::pair<LineageDataset, int64_t>> impact;
  std::map<LineageDataset, size_t> places;
  for (const LineageDataset& dataset : rows.datasets_of(affected)) {
    const auto [place, added] = places.emplace(dataset, impact.size());
    if (added) impact.emplace_back(dataset, 0);
    ++impact[place->second].second;
  }
  return impact;
}

}  // namespace cairn
