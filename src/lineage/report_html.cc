#include <fmt/format.h>

#include "base/json.h"
#include "base/names.h"
#include "cairn/data_lineage.h"
#include "lineage/page.h"
#include "store/lineage_json.h"

namespace cairn {
namespace {

std::string html_text(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

// JSON inside of a page must not end the element that it stands in, or begin another.
std::string json_in_page(const Json& json) {
  std::string escaped;
  for (const char c : to_canonical_json(json)) {
    if (c == '<' || c == '>' || c == '&') {
      escaped += fmt::format("\\u{:04x}", static_cast<int>(c));
    } else {
      escaped += c;
    }
  }
  return escaped;
}

// Edges as indexes: shorter than the names of their ends.
Json page_data(const LineageGraph& graph) {
  Json json = {{"nodes", Json::array()},
               {"runs", Json::array()},
               {"edges", Json::array()},
               {"truncated", graph.truncated}};
  for (const LineageNode& node : graph.nodes) json["nodes"].push_back(store::to_json(node));
  for (const LineageRun& run : graph.runs) json["runs"].push_back(store::to_json(run));
  for (const auto& edge : graph.edges) json["edges"].push_back({edge.from, edge.to, edge.run});
  return json;
}

}  // namespace

std::string LineageGraph::to_html() const {
  const std::string title = nodes.empty() ? "nothing" : printable(nodes.front().text(), 256);
  // Nothing is fetched, and nothing but the script of this page may run.
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>Lineage of {0}</title>\n<style>\n{1}</style>\n</head>\n<body>\n"
      "<header><h1>Lineage of {0}</h1><div id=\"tools\"></div></header>\n"
      "<main><div id=\"canvas\"></div><aside id=\"details\"></aside></main>\n"
      "<noscript>This page needs its script to draw the graph.</noscript>\n"
      "<script type=\"application/json\" id=\"graph\">{2}</script>\n"
      "<script>\n{3}</script>\n</body>\n</html>\n",
      html_text(title), lineage::kPageStyle, json_in_page(page_data(*this)), lineage::kPageScript);
}

}  // namespace cairn
