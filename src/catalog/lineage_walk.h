#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

namespace cairn::catalog {

/// `to` was made of `from` by `run`; all keys.
struct LineageEdge {
  int64_t from = 0;
  int64_t to = 0;
  int64_t run = 0;
};

/// Where a walk goes, and how far.
struct LineageSteps {
  enum class Direction { upstream, downstream };

  Direction direction = Direction::upstream;
  int64_t depth = 0;                         // 0 for all
  int64_t limit = 0;                         // nodes; 0 for all
  std::optional<int64_t> as_of = {};         // microseconds UTC: edges that were there then
  std::function<bool(int64_t)> enters = {};  // which keys may be entered; all when empty
};

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

/// What a walk found: nodes, and the edges between them.
struct LineageWalk {
  Reached reached;
  std::vector<LineageEdge> edges;
  bool truncated = false;  // there is more beyond depth or limit
};

/// Reads the edges of a node in the direction of a walk.
using ReadEdges = std::function<void(int64_t key, const std::function<void(const LineageEdge&)>&)>;

/// Breadth first, level by level, each node once: cycles and self-edges end where they began, and
/// no chain is too long.
LineageWalk walk_edges(const std::vector<int64_t>& start, const LineageSteps& steps,
                       const ReadEdges& read_edges);

}  // namespace cairn::catalog
