#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include "base/quantities.h"
#include "cairn/data_lineage.h"
#include "lineage/reference.h"
#include "lineage/traversal.h"
#include "store/store.h"

namespace cairn {

using lineage::Direction;

namespace {

std::string text_of(const Value& value) {
  const auto* text = std::get_if<std::string>(&value.get());
  return text != nullptr ? *text : value.to_json();
}

class Differences {
 public:
  void add(const std::string& what, const std::string& before, const std::string& after) {
    if (before != after) changes_.push_back({what, before, after});
  }

  void add_parameters(const Value::Map& before, const Value::Map& after) {
    std::set<std::string> names;
    for (const auto& [name, value] : before) names.insert(name);
    for (const auto& [name, value] : after) names.insert(name);
    for (const std::string& name : names) {
      const auto old = before.find(name);
      const auto now = after.find(name);
      const bool same = old != before.end() && now != after.end() && old->second == now->second;
      if (same) continue;
      changes_.push_back({"parameter " + name, old == before.end() ? "" : text_of(old->second),
                          now == after.end() ? "" : text_of(now->second)});
    }
  }

  /// Datasets are told apart by name; a run may have read several versions of one.
  void add_nodes(const std::string& role, const std::vector<LineageNode>& before,
                 const std::vector<LineageNode>& after, bool with_content) {
    std::map<LineageDataset, std::pair<const LineageNode*, const LineageNode*>> pairs;
    for (const LineageNode& node : before) pairs[node.dataset].first = &node;
    for (const LineageNode& node : after) pairs[node.dataset].second = &node;
    for (const auto& [dataset, pair] : pairs) {
      const auto& [old, now] = pair;
      const std::string name = role + " " + dataset.text();
      const bool gone = old == nullptr || now == nullptr;
      // Every run makes new versions: that these have other numbers is no difference.
      if (gone || !with_content)
        add(name, old == nullptr ? "" : old->text(), now == nullptr ? "" : now->text());
      if (!gone && with_content) add_content(role, *old, *now);
    }
  }

  std::vector<RunDiff::Change> take() { return std::move(changes_); }

 private:
  void add_content(const std::string& role, const LineageNode& before, const LineageNode& after) {
    const std::string name = before.dataset.text();
    add(role + " schema " + name, before.schema, after.schema);
    add(role + " rows " + name, number(before.rows), number(after.rows));
    add(role + " content " + name, before.digest, after.digest);
  }

  static std::string number(int64_t count) { return count < 0 ? "" : std::to_string(count); }

  std::vector<RunDiff::Change> changes_;
};

// Rows that halve or double are worth a look; less is what data does from day to day.
bool jumped(int64_t before, int64_t after) {
  return before > 0 && after >= 0 && (after * 2 <= before || after >= before * 2);
}

// What about a version is different from the one before it that its inputs do not explain.
std::string change_of(catalog::LineageRows& rows, const catalog::KeyedNode& keyed) {
  const LineageNode& node = keyed.node;
  if (node.sequence < 2) return "";
  const auto before = rows.find(node.dataset, node.sequence - 1);
  if (!before) return "";
  const LineageNode& old = before->node;
  if (!old.schema.empty() && !node.schema.empty() && old.schema != node.schema)
    return fmt::format("schema changed from {} to {}", old.schema, node.schema);
  const auto runs_before = rows.makers(before->key);
  const auto runs = rows.makers(keyed.key);
  if (!runs_before.empty() && !runs.empty()) {
    const LineageRun& was = runs_before.back();
    const LineageRun& is = runs.back();
    if (was.code_version != is.code_version)
      return fmt::format("code changed from '{}' to '{}'", was.code_version, is.code_version);
    Differences parameters;
    if (was.job == is.job) parameters.add_parameters(was.parameters, is.parameters);
    if (const auto changes = parameters.take(); !changes.empty())
      return fmt::format("{} changed from '{}' to '{}'", changes[0].what, changes[0].before,
                         changes[0].after);
  }
  if (jumped(old.rows, node.rows)) {
    return fmt::format("rows {} from {} to {}", node.rows < old.rows ? "fell" : "rose",
                       format_count(old.rows), format_count(node.rows));
  }
  return "";
}

// The first cause among versions that are equally far away; what was found is better than what was
// guessed.
std::optional<RootCause> cause_among(catalog::LineageRows& rows, std::span<const int64_t> keys,
                                     int64_t distance) {
  const auto nodes = rows.nodes(keys);
  for (const LineageNode& node : nodes) {
    // Of the version that was asked about it is known already that something is wrong.
    if (distance > 0 && !node.failed_check.empty())
      return RootCause{node, distance, "failed check: " + node.failed_check};
  }
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (std::string change = change_of(rows, {keys[i], nodes[i]}); !change.empty())
      return RootCause{nodes[i], distance, std::move(change)};
  }
  return std::nullopt;
}

// Up to this distance first, then four times as far, and so on: causes are mostly near.
constexpr int64_t kFirstDepth = 4;

}  // namespace

RunDiff DataLineageTracker::diff(const std::string& run_before,
                                 const std::string& run_after) const {
  const LineageRun before = find_run(run_before);
  const LineageRun after = find_run(run_after);
  Differences differences;
  differences.add("job", before.job, after.job);
  differences.add("state", std::string(to_string(before.state)),
                  std::string(to_string(after.state)));
  differences.add("code", before.code_version, after.code_version);
  differences.add_parameters(before.parameters, after.parameters);
  differences.add_nodes("input", before.inputs, after.inputs, false);
  differences.add_nodes("output", before.outputs, after.outputs, true);
  differences.add("error", before.error, after.error);
  return {differences.take()};
}

std::optional<RootCause> DataLineageTracker::root_cause(std::string_view reference) const {
  auto& rows = store_->catalog().lineage();
  const auto start = lineage::resolve(rows, reference);
  size_t looked_at = 0;
  for (int64_t depth = kFirstDepth;; depth *= 4) {
    const auto found = rows.walk({start.key}, {Direction::upstream, depth, 0, {}, {}});
    const auto& reached = found.reached;
    while (looked_at < reached.size()) {
      const int64_t distance = reached.distance(looked_at);
      size_t end = looked_at;
      while (end < reached.size() && reached.distance(end) == distance) ++end;
      const auto level = std::span(reached.keys()).subspan(looked_at, end - looked_at);
      if (auto cause = cause_among(rows, level, distance)) return cause;
      looked_at = end;
    }
    if (found.truncated) continue;
    if (start.node.failed_check.empty()) return std::nullopt;
    return RootCause{start.node, 0, "failed check: " + start.node.failed_check};
  }
}

}  // namespace cairn
