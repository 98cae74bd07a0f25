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

// Each kind of setting is made from its name and a function that reaches its place in a configuration, for reading
// and writing alike.

template <typename Access>
SettingRule path_setting(std::string name, Access access) {
  const auto set = [access](PipelineConfig& config, const YAML::Node& node) {
    const auto text = scalar<std::string>(node, "a path");
    if (text.empty() || text.find('\0') != std::string::npos) refuse(node, "a path");
    if (text.find("://") != std::string::npos) {
      throw Error(ErrorKind::invalid_argument, "only folders of this machine can be used",
                  "write a path without a scheme");
    }
    access(config) = text;
  };
  return {std::move(name), set,
          [access](const PipelineConfig& config) { return access(config).string(); }};
}

template <typename Access>
SettingRule number_setting(std::string name, Access access) {
  const auto set = [access](PipelineConfig& config, const YAML::Node& node) {
    const auto value = scalar<double>(node, "a number");
    if (!(value >= 0) || value > 1e9) refuse(node, "a number from 0 to 1,000,000,000");
    access(config) = value;
  };
  return {std::move(name), set,
          [access](const PipelineConfig& config) { return fmt::format("{}", access(config)); }};
}

template <typename Access>
SettingRule flag_setting(std::string name, Access access) {
  const auto set = [access](PipelineConfig& config, const YAML::Node& node) {
    access(config) = scalar<bool>(node, "true or false");
  };
  return {std::move(name), set,
          [access](const PipelineConfig& config) { return access(config) ? "true" : "false"; }};
}

template <typename Access>
SettingRule bytes_setting(std::string name, Access access) {
  const auto set = [access](PipelineConfig& config, const YAML::Node& node) {
    access(config) = parse_bytes(scalar<std::string>(node, "a number of bytes"), "number of bytes");
  };
  return {std::move(name), set,
          [access](const PipelineConfig& config) { return std::to_string(access(config)); }};
}

template <typename Access>
SettingRule count_setting(std::string name, int64_t most, Access access) {
  const auto set = [access, most](PipelineConfig& config, const YAML::Node& node) {
    const auto value = scalar<int64_t>(node, "a whole number");
    if (value < 0 || value > most) refuse(node, fmt::format("a whole number from 0 to {}", most));
    access(config) = value;
  };
  return {std::move(name), set,
          [access](const PipelineConfig& config) { return std::to_string(access(config)); }};
}

template <typename Access>
SettingRule text_setting(std::string name, Access access) {
  const auto set = [access](PipelineConfig& config, const YAML::Node& node) {
    access(config) = scalar<std::string>(node, "text");
  };
  return {std::move(name), set, [access](const PipelineConfig& config) { return access(config); }};
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

void set_delimiter(PipelineConfig& config, const YAML::Node& node) {
  const auto text = scalar<std::string>(node, "one character");
  if (text.size() != 1 && text != "\\t") refuse(node, "one character, or \\t");
  config.csv.delimiter = text == "\\t" ? '\t' : text.front();
}

std::string show_delimiter(const PipelineConfig& config) {
  return config.csv.delimiter == '\t' ? "\\t" : std::string(1, config.csv.delimiter);
}

void set_level(PipelineConfig& config, const YAML::Node& node) {
  config.parquet.compression_level = scalar<int>(node, "a compression level");
}

std::string show_level(const PipelineConfig& config) {
  const auto level = config.parquet.compression_level;
  return level ? std::to_string(*level) : "of the codec";
}

constexpr int64_t kMostRows = int64_t{1} << 40;

}  // namespace

const std::vector<SettingRule>& setting_rules() {
  static const std::vector<SettingRule> rules{
      {"output_formats", set_formats, show_formats},
      path_setting(
          "output_data_path", [](auto& c) -> auto& { return c.output_data_path; }),
      path_setting(
          "processed_data_path", [](auto& c) -> auto& { return c.processed_data_path; }),
      path_setting(
          "temp_data_path", [](auto& c) -> auto& { return c.temp_data_path; }),
      number_setting(
          "max_cache_size_gb", [](auto& c) -> auto& { return c.max_cache_size_gb; }),
      number_setting(
          "cache_ttl_hours", [](auto& c) -> auto& { return c.cache_ttl_hours; }),
      {"csv.delimiter", set_delimiter, show_delimiter},
      {"csv.quoting",
       [](PipelineConfig& c, const YAML::Node& n) {
         c.csv.quoting = parse_quoting(scalar<std::string>(n, "a quoting"));
       },
       [](const PipelineConfig& c) { return std::string(to_string(c.csv.quoting)); }},
      text_setting(
          "csv.null_token", [](auto& c) -> auto& { return c.csv.null_token; }),
      flag_setting(
          "csv.crlf", [](auto& c) -> auto& { return c.csv.crlf; }),
      flag_setting(
          "csv.bom", [](auto& c) -> auto& { return c.csv.bom; }),
      {"csv.formula_policy",
       [](PipelineConfig& c, const YAML::Node& n) {
         c.csv.formula_policy = parse_formula_policy(scalar<std::string>(n, "a formula policy"));
       },
       [](const PipelineConfig& c) { return std::string(to_string(c.csv.formula_policy)); }},
      text_setting(
          "parquet.compression", [](auto& c) -> auto& { return c.parquet.compression; }),
      {"parquet.compression_level", set_level, show_level},
      count_setting(
          "parquet.row_group_rows", kMostRows,
          [](auto& c) -> auto& { return c.parquet.row_group_rows; }),
      bytes_setting(
          "parquet.row_group_bytes", [](auto& c) -> auto& { return c.parquet.row_group_bytes; }),
      flag_setting(
          "parquet.dictionary", [](auto& c) -> auto& { return c.parquet.dictionary; }),
      flag_setting(
          "parquet.statistics", [](auto& c) -> auto& { return c.parquet.statistics; }),
      flag_setting(
          "parquet.page_index", [](auto& c) -> auto& { return c.parquet.page_index; }),
      bytes_setting(
          "memory_budget", [](auto& c) -> auto& { return c.memory_budget; }),
      count_setting(
          "threads", 1024, [](auto& c) -> auto& { return c.threads; }),
      flag_setting(
          "sha256", [](auto& c) -> auto& { return c.sha256; }),
  };
  return rules;
}

}  // namespace cairn::config
