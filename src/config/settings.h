#pragma once

#include <yaml-cpp/yaml.h>

#include <functional>
#include <string>
#include <vector>

#include "cairn/config.h"

namespace cairn::config {

/// How one setting is read and shown. `set` throws invalid_argument, or what yaml-cpp throws, for a
/// value that does not fit.
struct SettingRule {
  std::string name;
  std::function<void(PipelineConfig&, const YAML::Node&)> set;
  std::function<std::string(const PipelineConfig&)> show;
};

/// Every setting there is, in the order of the documentation. The one table of them: files,
/// environment and `cairn config show` all read it.
const std::vector<SettingRule>& setting_rules();

}  // namespace cairn::config
