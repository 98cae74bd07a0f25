#pragma once

#include <cstddef>
#include <vector>

#include "cairn/data_lineage.h"

namespace cairn::lineage {

/// The edges of a graph by the node they lead into and out of, as indexes into its edges.
struct Adjacency {
  explicit Adjacency(const LineageGraph& graph)
      : into(graph.nodes.size()), out_of(graph.nodes.size()) {
    for (size_t i = 0; i < graph.edges.size(); ++i) {
      into[graph.edges[i].to].push_back(i);
      out_of[graph.edges[i].from].push_back(i);
    }
  }

  std::vector<std::vector<size_t>> into;
  std::vector<std::vector<size_t>> out_of;
};

}  // namespace cairn::lineage
