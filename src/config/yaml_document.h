#pragma once

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::config {

/// One value of a YAML document, named by its dotted path: "csv.delimiter".
struct YamlEntry {
  std::string name;
  YAML::Node value;  // a scalar or a sequence
  int line;          // from 1
};

/// Read a YAML document whose top is a mapping and flatten it. Refused, before anything is built
/// from them: more than 1 MiB, nesting deeper than 32, more than 10,000 nodes, anchors, aliases,
/// tags, and keys that stand twice.
///
/// Errors   config, naming `what` and the line.
std::vector<YamlEntry> read_yaml(const std::string& text, std::string_view what);

}  // namespace cairn::config
