#include "cairn/lineage_records.h"

#include <array>
#include <charconv>

#include "base/names.h"
#include "base/secrets.h"
#include "cairn/error.h"

namespace cairn {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 4> kRunStates{"RUNNING", "COMPLETE", "FAIL", "ABORT"};

}  // namespace

std::string_view to_string(RunState state) {
  return kRunStates.at(static_cast<size_t>(state));
}

LineageDataset LineageDataset::parse(std::string_view told) {
  // Here and below before anything is taken apart, in which a password may stand anywhere.
  const std::string text = without_secrets(told);
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

LineageNode LineageNode::parse(std::string_view told) {
  const std::string text = without_secrets(told);
  const std::string_view reference = text;
  LineageNode node;
  const size_t at = reference.rfind('@');
  std::string_view number = at == reference.npos ? "" : reference.substr(at + 1);
  if (number.starts_with('v')) number.remove_prefix(1);
  // Anything else behind an '@' is part of the name.
  const auto [stop, failed] =
      std::from_chars(number.data(), number.data() + number.size(), node.sequence);
  const bool numbered = !number.empty() && failed == std::errc() &&
                        stop == number.data() + number.size() && node.sequence > 0;
  if (!numbered) node.sequence = 0;
  const bool newest = number == "latest";
  node.dataset = LineageDataset::parse(numbered || newest ? reference.substr(0, at) : reference);
  return node;
}

std::string LineageNode::text() const {
  return sequence == 0 ? dataset.text() : dataset.text() + "@" + std::to_string(sequence);
}

}  // namespace cairn
