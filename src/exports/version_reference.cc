#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/names.h"
#include "cairn/data_version_manager.h"
#include "cairn/error.h"
#include "exports/find_version.h"

namespace cairn {

VersionReference VersionReference::parse(std::string_view text) {
  const size_t at = text.find('@');
  VersionReference reference{std::string(text.substr(0, at))};
  if (at != std::string_view::npos) reference.selector = text.substr(at + 1);
  check_name("dataset name", reference.dataset);
  if (reference.selector.empty()) {
    throw Error(ErrorKind::invalid_argument, fmt::format("'{}' names no version", printable(text)),
                "write name@latest, name@42, name@tag:x, name@asof:2026-01-15 or name@<start of an "
                "export id>");
  }
  return reference;
}

namespace exports {
namespace {

std::optional<int64_t> version_number(std::string_view selector) {
  if (selector.starts_with('v')) selector.remove_prefix(1);
  int64_t number = 0;
  const auto [stop, error] =
      std::from_chars(selector.data(), selector.data() + selector.size(), number);
  const bool whole = error == std::errc() && stop == selector.data() + selector.size();
  return whole && number > 0 ? std::optional(number) : std::nullopt;
}

std::optional<DatasetVersion> find_as_of(catalog::Catalog& catalog,
                                         const VersionReference& reference, std::string_view text) {
  const auto time = parse_rfc3339(text);
  if (!time) {
    throw Error(ErrorKind::invalid_argument, fmt::format("'{}' is not a time", printable(text)),
                "write it like 2026-01-15 or 2026-01-15T09:30:00Z");
  }
  return catalog.find_as_of(reference.dataset, *time);
}

std::optional<DatasetVersion> find_by_id(catalog::Catalog& catalog,
                                         const VersionReference& reference) {
  const auto found = catalog.find_by_id_prefix(reference.dataset, reference.selector);
  if (found.size() > 1) {
    throw Error(ErrorKind::invalid_argument,
                fmt::format("several versions of '{}' have an id that starts with '{}'",
                            printable(reference.dataset), printable(reference.selector)),
                "write more of the id");
  }
  return found.empty() ? std::nullopt : std::optional(found.front());
}

std::optional<DatasetVersion> find(catalog::Catalog& catalog, const VersionReference& reference) {
  constexpr std::string_view kTag = "tag:", kAsOf = "asof:";
  const std::string_view selector = reference.selector;
  if (selector == "latest") return catalog.latest(reference.dataset);
  if (selector.starts_with(kTag))
    return catalog.find_by_tag(reference.dataset, selector.substr(kTag.size()));
  if (selector.starts_with(kAsOf))
    return find_as_of(catalog, reference, selector.substr(kAsOf.size()));
  // A number is a version even where some id starts with the same digits.
  if (const auto number = version_number(selector)) {
    if (auto version = catalog.find(reference.dataset, *number)) return version;
  }
  return find_by_id(catalog, reference);
}

}  // namespace

void throw_unknown_dataset(catalog::Catalog& catalog, const std::string& name) {
  std::vector<std::string> names;
  for (const catalog::DatasetRow& dataset : catalog.datasets(1000)) names.push_back(dataset.name);
  const std::string nearest = closest(name, names);
  throw Error(ErrorKind::not_found, fmt::format("there is no dataset '{}'", printable(name)),
              nearest.empty() ? "`cairn versions` lists what there is"
                              : fmt::format("did you mean '{}'?", printable(nearest)));
}

DatasetVersion find_version(catalog::Catalog& catalog, const VersionReference& reference) {
  if (auto version = find(catalog, reference)) return *version;
  const auto latest = catalog.latest(reference.dataset);
  if (!latest) throw_unknown_dataset(catalog, reference.dataset);
  throw Error(ErrorKind::not_found,
              fmt::format("'{}' has no version '{}'", printable(reference.dataset),
                          printable(reference.selector)),
              fmt::format("its newest is {}; `cairn versions {}` lists them", latest->version,
                          printable(reference.dataset)));
}

}  // namespace exports
}  // namespace cairn
