#include <fmt/format.h>

#include "base/json.h"
#include "base/names.h"
#include "cairn/data_lineage.h"
#include "store/lineage_json.h"

namespace cairn {
namespace {

constexpr size_t kMaxLabelBytes = 256;

// Mermaid takes any character as "#NN;". Only what cannot mean anything to it stays.
std::string mermaid_text(std::string_view text) {
  constexpr std::string_view kPlain = " _-.:@/";
  std::string escaped;
  for (const char c : printable(text, kMaxLabelBytes)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = std::isalnum(byte) != 0 || byte >= 0x80 || kPlain.find(c) != kPlain.npos;
    if (plain) {
      escaped += c;
    } else {
      escaped += fmt::format("#{};", byte);
    }
  }
  return escaped;
}

std::string dot_text(std::string_view text) {
  std::string escaped;
  for (const char c : printable(text, kMaxLabelBytes)) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string label_of(const LineageRun& run) {
  if (run.state == RunState::COMPLETE) return run.job;
  return fmt::format("{} ({})", run.job, to_string(run.state));
}

}  // namespace

std::string LineageGraph::to_json() const {
  Json json = {{"nodes", Json::array()},
               {"runs", Json::array()},
               {"edges", Json::array()},
               {"truncated", truncated}};
  for (const LineageNode& node : nodes) json["nodes"].push_back(store::to_json(node));
  for (const LineageRun& run : runs) {
    Json entry = store::to_json(run);
    entry.erase("inputs");
    entry.erase("outputs");
    entry.erase("columns");
    json["runs"].push_back(std::move(entry));
  }
  for (const Edge& edge : edges) {
    json["edges"].push_back({{"from", nodes[edge.from].text()},
                             {"to", nodes[edge.to].text()},
                             {"run", runs[edge.run].id}});
  }
  return to_pretty_json(json);
}

std::string LineageGraph::to_mermaid() const {
  std::string text = "flowchart LR\n";
  for (size_t i = 0; i < nodes.size(); ++i) {
    const std::string_view look = i == 0                          ? ":::focus"
                                  : nodes[i].failed_check.empty() ? ""
                                                                  : ":::failed";
    text += fmt::format("  n{}[\"{}\"]{}\n", i, mermaid_text(nodes[i].text()), look);
  }
  for (const Edge& edge : edges) {
    text += fmt::format("  n{} -->|\"{}\"| n{}\n", edge.from,
                        mermaid_text(label_of(runs[edge.run])), edge.to);
  }
  return text +
         "  classDef focus stroke-width:3px\n"
         "  classDef failed stroke:#c0392b,stroke-width:3px\n";
}

std::string LineageGraph::to_dot() const {
  std::string text = "digraph lineage {\n  rankdir=LR;\n  node [shape=box];\n";
  for (size_t i = 0; i < nodes.size(); ++i) {
    text += fmt::format("  n{} [label=\"{}\"{}{}];\n", i, dot_text(nodes[i].text()),
                        i == 0 ? ", penwidth=3" : "",
                        nodes[i].failed_check.empty() ? "" : ", color=red");
  }
  for (const Edge& edge : edges) {
    text += fmt::format("  n{} -> n{} [label=\"{}\"];\n", edge.from, edge.to,
                        dot_text(label_of(runs[edge.run])));
  }
  return text + "}\n";
}

}  // namespace cairn
