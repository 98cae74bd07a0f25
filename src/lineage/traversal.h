#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "cairn/data_lineage.h"
#include "catalog/lineage_rows.h"

namespace cairn::lineage {

using Direction = catalog::LineageRows::Direction;

/// Nodes by their keys, in the order in which they were reached, with their distance.
class Reached {
 public:
  /// False when it is there already.
  bool add(int64_t key, int64_t distance);
  bool holds(int64_t key) const { return places_.contains(key); }
  size_t place_of(int64_t key) const { return places_.at(key); }

  const std::vector<int64_t>& keys() const { return keys_; }
  int64_t distance(size_t place) const { return distances_[place]; }
  size_t size() const { return keys_.size(); }

 private:
  std::vector<int64_t> keys_;
  std::vector<int64_t> distances_;
  std::unordered_map<int64_t, size_t> places_;
};

/// What a traversal has found so far.
struct Walk {
  Reached reached;
  std::vector<catalog::LineageEdge> edges;
  bool truncated = false;
};

/// Breadth first from `start` along the edges, level by level, each node once: cycles and self-edges
/// end where they began. Edges between nodes that were reached are collected; those that lead to
/// nodes beyond depth or limit are not.
///
/// Shape    `enters`, where given, says which keys may be entered.
void walk(catalog::LineageRows& rows, const std::vector<int64_t>& start, Direction direction,
          const LineageQuery& query, Walk& walk, const std::function<bool(int64_t)>& enters = {});

/// A walk with what its keys stand for.
LineageGraph to_graph(catalog::LineageRows& rows, Walk walk, std::optional<int64_t> as_of);

}  // namespace cairn::lineage
