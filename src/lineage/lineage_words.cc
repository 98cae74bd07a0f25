#include <array>

#include "base/names.h"
#include "cairn/data_lineage.h"
#include "cairn/error.h"

namespace cairn {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 4> kRunStates{"RUNNING", "COMPLETE", "FAIL", "ABORT"};

}  // namespace

std::string_view to_string(RunState state) {
  return kRunStates.at(static_cast<size_t>(state));
}

LineageDataset LineageDataset::parse(std::string_view text) {
  LineageDataset dataset;
  const auto colon = text.find(':');
  dataset.name = text.substr(colon == text.npos ? 0 : colon + 1);
  if (colon != text.npos) dataset.namespace_name = text.substr(0, colon);
  if (dataset.name.empty() || dataset.namespace_name.empty()) {
    throw Error(ErrorKind::invalid_argument, "'" + printable(text) + "' names no dataset",
                "give NAME, or NAMESPACE:NAME");
  }
  return dataset;
}

std::string LineageDataset::text() const {
  return namespace_name == LineageDataset().namespace_name ? name : namespace_name + ":" + name;
}

std::string LineageNode::text() const {
  return dataset.text() + "@" + std::to_string(sequence);
}

}  // namespace cairn
