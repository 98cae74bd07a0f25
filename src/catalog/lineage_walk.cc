#include "catalog/lineage_walk.h"

namespace cairn::catalog {

namespace {

class Walker {
 public:
  explicit Walker(const LineageSteps& steps) : steps_(steps) {}

  LineageWalk run(const std::vector<int64_t>& start, const ReadEdges& read_edges) {
    std::vector<int64_t> level;
    for (const int64_t key : start)
      if (enter(key, 0)) level.push_back(key);
    for (int64_t distance = 1; !level.empty(); ++distance) {
      next_.clear();
      const auto visit = [&](const LineageEdge& edge) { follow(edge, distance); };
      for (const int64_t key : level) read_edges(key, visit);
      level.swap(next_);
    }
    return std::move(walk_);
  }

 private:
  // One level beyond the depth is looked at, for edges between nodes that were reached, and to know
  // whether there is more.
  void follow(const LineageEdge& edge, int64_t distance) {
    const bool up = steps_.direction == LineageSteps::Direction::upstream;
    const int64_t key = up ? edge.from : edge.to;
    if (steps_.depth > 0 && distance > steps_.depth) {
      walk_.truncated |= !walk_.reached.holds(key);
    } else if (enter(key, distance)) {
      next_.push_back(key);
    }
    if (walk_.reached.holds(key)) walk_.edges.push_back(edge);
  }

  bool enter(int64_t key, int64_t distance) {
    if (walk_.reached.holds(key) || (steps_.enters && !steps_.enters(key))) return false;
    if (steps_.limit > 0 && walk_.reached.size() >= static_cast<size_t>(steps_.limit)) {
      walk_.truncated = true;
      return false;
    }
    return walk_.reached.add(key, distance);
  }

  const LineageSteps& steps_;
  LineageWalk walk_;
  std::vector<int64_t> next_;
};

}  // namespace

bool Reached::add(int64_t key, int64_t distance) {
  if (!places_.emplace(key, keys_.size()).second) return false;
  keys_.push_back(key);
  distances_.push_back(distance);
  return true;
}

LineageWalk walk_edges(const std::vector<int64_t>& start, const LineageSteps& steps,
                       const ReadEdges& read_edges) {
  return Walker(steps).run(start, read_edges);
}

}  // namespace cairn::catalog
