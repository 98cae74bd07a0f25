#include <algorithm>
#include <map>

#include "cairn/data_lineage.h"
#include "lineage/reference.h"
#include "lineage/traversal.h"
#include "store/store.h"

namespace cairn {

using lineage::Direction;
using lineage::Walk;

namespace {

LineageGraph graph_around(catalog::LineageRows& rows, std::string_view reference,
                          const LineageQuery& query, std::initializer_list<Direction> directions) {
  const auto start = lineage::resolve(rows, reference, query.as_of);
  Walk found;
  found.reached.add(start.key, 0);
  for (const Direction direction : directions) {
    // Each way by itself: the inputs of what was made of the start are not its own.
    Walk one_way;
    lineage::walk(rows, {start.key}, direction, query, one_way);
    for (size_t i = 0; i < one_way.reached.size(); ++i)
      found.reached.add(one_way.reached.keys()[i], one_way.reached.distance(i));
    found.edges.insert(found.edges.end(), one_way.edges.begin(), one_way.edges.end());
    found.truncated |= one_way.truncated;
  }
  return lineage::to_graph(rows, std::move(found), query.as_of);
}

std::vector<int64_t> keys_of(const std::vector<catalog::KeyedNode>& nodes) {
  std::vector<int64_t> keys;
  for (const auto& node : nodes) keys.push_back(node.key);
  return keys;
}

constexpr LineageQuery kEverything{.depth = 0, .limit = 0, .as_of = std::nullopt};

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
  Walk after_start;
  lineage::walk(rows, keys_of(start), Direction::downstream, kEverything, after_start);
  const auto on_a_way = [&](int64_t key) { return after_start.reached.holds(key); };
  Walk between;
  lineage::walk(rows, {end.key}, Direction::upstream, kEverything, between, on_a_way);
  return lineage::to_graph(rows, std::move(between), std::nullopt);
}

std::vector<std::pair<LineageDataset, int64_t>> DataLineageTracker::impact(
    std::string_view reference) const {
  auto& rows = store_->catalog().lineage();
  const auto start = keys_of(lineage::resolve_all(rows, reference));
  Walk reached;
  lineage::walk(rows, start, Direction::downstream, kEverything, reached);
  const auto affected = std::span(reached.reached.keys()).subspan(start.size());
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
