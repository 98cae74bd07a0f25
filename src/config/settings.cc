#include "config/settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/names.h"
#include "base/quantities.h"
#include "cairn/error.h"

namespace cairn::config {
namespace {

[[noreturn]] void refuse(const YAML::Node& node, std::string_view wanted) {
  throw Error(
      ErrorKind::invalid_argument,
      fmt::format("'{}' is not {}", node.IsScalar() ? printable(node.Scalar()) : "a list", wanted));
}

template <typename T>
T scalar(const YAML::Node& node, std::string_view wanted) {
  T value{};
  if (!node.IsScalar() || !YAML::convert<T>::decode(node, value)) refuse(node, wanted);
  return value;
}

SettingRule path_setting(std::string name, std::filesystem::path PipelineConfig::*member) {
  const auto set = [member](PipelineConfig& config, const YAML::Node& node) {
    const auto text = scalar<std::string>(node, "a path");
    if (text.empty() || text.find('\0') != std::string::npos) refuse(node, "a path");
    if (text.find("://") != std::string::npos) {
      throw Error(ErrorKind::invalid_argument, "only folders of this machine can be used",
                  "write a path without a scheme");
    }
    config.*member = text;
  };
  return {std::move(name), set,
          [member](const PipelineConfig& config) { return (config.*member).string(); }};
}

SettingRule number_setting(std::string name, double PipelineConfig::*member) {
  const auto set = [member](PipelineConfig& config, const YAML::Node& node) {
    const auto value = scalar<double>(node, "a number");
    if (!(value >= 0) || value > 1e9) refuse(node, "a number from 0 to 1,000,000,000");
    config.*member = value;
  };
  return {std::move(name), set,
          [member](const PipelineConfig& config) { return fmt::format("{}", config.*member); }};
}

SettingRule flag_setting(std::string name, bool PipelineConfig::*member) {
  const auto set = [member](PipelineConfig& config, const YAML::Node& node) {
    config.*member = scalar<bool>(node, "true or false");
  };
  return {std::move(name), set,
          [member](const PipelineConfig& config) { return config.*member ? "true" : "false"; }};
}

void set_formats(PipelineConfig& config, const YAML::Node& node) {
  std::vector<Format> formats;
  const auto add = [&](const YAML::Node& item) {
    const Format format = parse_format(scalar<std::string>(item, "a format"));
    if (std::find(formats.begin(), formats.end(), format) == formats.end())
      formats.push_back(format);
  };
  if (node.IsSequence()) {
    for (const auto& item : node) add(item);
  } else {
    add(node);
  }
  if (formats.empty())
    throw Error(ErrorKind::invalid_argument, "no format is named", "write csv, parquet or both");
  config.output_formats = formats;
}

std::string show_formats(const PipelineConfig& config) {
  std::string text;
  for (const Format format : config.output_formats)
    text += (text.empty() ? "" : ", ") + std::string(to_string(format));
  return "[" + text + "]";
}

void set_memory_budget(PipelineConfig& config, const YAML::Node& node) {
  config.memory_budget =
      parse_bytes(scalar<std::string>(node, "a number of bytes"), "number of bytes");
}

void set_threads(PipelineConfig& config, const YAML::Node& node) {
  const auto threads = scalar<int64_t>(node, "a number of threads");
  if (threads < 0 || threads > 1024) refuse(node, "a number of threads from 0 to 1024");
  config.threads = threads;
}

}  // namespace

const std::vector<SettingRule>& setting_rules() {
  static const std::vector<SettingRule> rules{
      {"output_formats", set_formats, show_formats},
      path_setting("output_data_path", &PipelineConfig::output_data_path),
      path_setting("processed_data_path", &PipelineConfig::processed_data_path),
      path_setting("temp_data_path", &PipelineConfig::temp_data_path),
      number_setting("max_cache_size_gb", &PipelineConfig::max_cache_size_gb),
      number_setting("cache_ttl_hours", &PipelineConfig::cache_ttl_hours),
      {"memory_budget", set_memory_budget,
       [](const PipelineConfig& config) { return std::to_string(config.memory_budget); }},
      {"threads", set_threads,
       [](const PipelineConfig& config) { return std::to_string(config.threads); }},
      flag_setting("sha256", &PipelineConfig::sha256),
  };
  return rules;
}

}  // namespace cairn::config
