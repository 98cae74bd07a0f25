#include "lineage/reference.h"

#include <fmt/format.h>

#include "base/names.h"
#include "cairn/error.h"

namespace cairn::lineage {
namespace {

// Among so many of the datasets that changed last a misspelt name is looked for.
constexpr int64_t kCandidates = 10'000;

[[noreturn]] void throw_unknown(catalog::LineageRows& rows, const LineageNode& wanted,
                                std::optional<int64_t> as_of) {
  const std::string name = printable(wanted.dataset.text());
  if (const auto newest = rows.newest(wanted.dataset, std::nullopt)) {
    throw Error(ErrorKind::not_found,
                as_of ? fmt::format("'{}' had no version then in lineage", name)
                      : fmt::format("'{}' has no version {} in lineage: its newest is {}", name,
                                    wanted.sequence, newest->node.sequence));
  }
  std::vector<std::string> names;
  for (const auto& known : rows.datasets(kCandidates)) names.push_back(known.node.dataset.text());
  const std::string nearest = closest(wanted.dataset.text(), names);
  throw Error(ErrorKind::not_found, fmt::format("there is no dataset '{}' in lineage", name),
              nearest.empty() ? "`cairn lineage show` lists what there is"
                              : fmt::format("did you mean '{}'?", printable(nearest)));
}

}  // namespace

catalog::KeyedNode resolve(catalog::LineageRows& rows, std::string_view reference,
                           std::optional<int64_t> as_of) {
  const LineageNode wanted = LineageNode::parse(reference);
  auto found = wanted.sequence == 0 ? rows.newest(wanted.dataset, as_of)
                                    : rows.find(wanted.dataset, wanted.sequence);
  if (!found) throw_unknown(rows, wanted, wanted.sequence == 0 ? as_of : std::nullopt);
  return std::move(*found);
}

std::vector<catalog::KeyedNode> resolve_all(catalog::LineageRows& rows,
                                            std::string_view reference) {
  const LineageNode wanted = LineageNode::parse(reference);
  if (wanted.sequence == 0) {
    if (auto versions = rows.versions(wanted.dataset, 0); !versions.empty()) return versions;
  }
  return {resolve(rows, reference)};
}

}  // namespace cairn::lineage
