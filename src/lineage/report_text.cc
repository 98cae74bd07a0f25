#include <fmt/format.h>

#include "base/clock.h"
#include "base/names.h"
#include "base/quantities.h"
#include "lineage/adjacency.h"
#include "lineage/traversal.h"

namespace cairn {

using lineage::Adjacency;
using lineage::Direction;

namespace {

// Deeper levels are not indented further: a chain of a thousand would be all space.
constexpr size_t kMaxIndent = 24;
constexpr size_t kMaxNameBytes = 256;

std::string details_of(const LineageNode& node) {
  std::string text;
  if (node.rows >= 0) text += fmt::format("  {} rows", format_count(node.rows));
  if (node.bytes >= 0) text += fmt::format("  {}", format_bytes(node.bytes));
  if (!node.failed_check.empty())
    text += fmt::format("  FAILED CHECK: {}", printable(node.failed_check));
  return text;
}

// One way from the first node, drawn as a tree. A node that is reached again is named, but what is
// behind it is not repeated. No recursion: a chain may be a million long.
class Tree {
 public:
  Tree(const LineageGraph& graph, const Adjacency& adjacency, Direction direction)
      : graph_(graph),
        edges_(direction == Direction::upstream ? adjacency.into : adjacency.out_of),
        direction_(direction),
        expanded_(graph.nodes.size()) {}

  std::string draw() {
    expanded_[0] = true;
    push_children(0, 0);
    while (!stack_.empty()) {
      const Branch branch = stack_.back();
      stack_.pop_back();
      draw(branch);
    }
    return std::move(text_);
  }

 private:
  struct Branch {
    size_t edge;
    size_t depth;
    bool last;  // of its siblings
  };

  size_t end_of(const LineageGraph::Edge& edge) const {
    return direction_ == Direction::upstream ? edge.from : edge.to;
  }

  void push_children(size_t node, size_t depth) {
    const auto& edges = edges_[node];
    for (size_t i = edges.size(); i-- > 0;)
      stack_.push_back({edges[i], depth, i + 1 == edges.size()});
  }

  void draw(const Branch& branch) {
    const auto& edge = graph_.edges[branch.edge];
    const size_t node = end_of(edge);
    const LineageRun& run = graph_.runs[edge.run];
    indent(branch);
    text_ += printable(graph_.nodes[node].text(), kMaxNameBytes);
    text_ += fmt::format("  ({}: {}", direction_ == Direction::upstream ? "read by" : "made by",
                         printable(run.job));
    if (run.state != RunState::COMPLETE) text_ += fmt::format(", {}", to_string(run.state));
    text_ += ")" + details_of(graph_.nodes[node]);
    const bool repeated = expanded_[node] && !edges_[node].empty();
    text_ += repeated ? "  (see above)\n" : "\n";
    if (expanded_[node]) return;
    expanded_[node] = true;
    push_children(node, branch.depth + 1);
  }

  void indent(const Branch& branch) {
    const size_t depth = std::min(branch.depth, kMaxIndent);
    open_.resize(depth + 1);
    for (size_t i = 0; i < depth; ++i) text_ += open_[i] ? "│  " : "   ";
    if (branch.depth > kMaxIndent) text_ += fmt::format("[{}] ", branch.depth + 1);
    text_ += branch.last ? "└─ " : "├─ ";
    open_[depth] = !branch.last;
  }

  const LineageGraph& graph_;
  const std::vector<std::vector<size_t>>& edges_;
  const Direction direction_;
  std::vector<bool> expanded_;
  std::vector<bool> open_;  // for each level, whether siblings follow
  std::vector<Branch> stack_;
  std::string text_;
};

}  // namespace

std::string LineageGraph::to_text() const {
  if (nodes.empty()) return "there is no way from one to the other\n";
  const Adjacency adjacency(*this);
  const LineageNode& focus = nodes.front();
  std::string text = printable(focus.text(), kMaxNameBytes) + details_of(focus) + "\n";
  const bool is_made = !adjacency.into[0].empty();
  const bool is_used = !adjacency.out_of[0].empty();
  if (is_made && is_used) text += "made of\n";
  if (is_made) text += Tree(*this, adjacency, Direction::upstream).draw();
  if (is_made && is_used) text += "used for\n";
  if (is_used) text += Tree(*this, adjacency, Direction::downstream).draw();
  if (truncated) text += "There is more: raise the depth or the limit.\n";
  return text;
}

}  // namespace cairn
