#include "cairn/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "base/names.h"
#include "cairn/error.h"
#include "config/settings.h"
#include "config/yaml_document.h"
#include "io/file.h"

namespace cairn {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMaxFileBytes = 4 << 20;  // read_yaml refuses far less, with a better message

struct Loaded {
  PipelineConfig config;
  std::map<std::string, std::string> origins;  // of settings that are not at their default
};

const config::SettingRule* find_rule(const std::string& name) {
  const auto& rules = config::setting_rules();
  const auto found =
      std::find_if(rules.begin(), rules.end(), [&](const auto& rule) { return rule.name == name; });
  return found == rules.end() ? nullptr : &*found;
}

[[noreturn]] void refuse_unknown(const std::string& what, const config::YamlEntry& entry) {
  std::vector<std::string> known;
  for (const auto& rule : config::setting_rules()) known.push_back(rule.name);
  const std::string nearest = closest(entry.name, known);
  throw Error(ErrorKind::config,
              fmt::format("cannot read {}, line {}: there is no setting '{}'", what, entry.line,
                          printable(entry.name)),
              nearest.empty() ? "`cairn config show` lists the settings"
                              : fmt::format("did you mean '{}'?", nearest));
}

void apply(Loaded& loaded, const config::SettingRule& rule, const YAML::Node& value,
           const std::string& where, const std::string& origin) {
  try {
    rule.set(loaded.config, value);
  } catch (const Error& error) {
    throw Error(ErrorKind::config,
                fmt::format("cannot use {}: {}: {}", where, rule.name, error.message()),
                error.next_step());
  }
  loaded.origins[rule.name] = origin;
}

void apply_file(Loaded& loaded, const fs::path& path) {
  const std::string what = fmt::format("'{}'", printable(path.native()));
  for (const auto& entry : config::read_yaml(io::read_file(path, kMaxFileBytes), what)) {
    const config::SettingRule* rule = find_rule(entry.name);
    if (rule == nullptr) refuse_unknown(what, entry);
    apply(loaded, *rule, entry.value, fmt::format("{}, line {}", what, entry.line), path.string());
  }
}

std::string variable_name(std::string setting) {
  for (char& c : setting) c = c == '.' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  return "CAIRN_" + setting;
}

void apply_environment(Loaded& loaded) {
  for (const auto& rule : config::setting_rules()) {
    const std::string variable = variable_name(rule.name);
    const char* text = std::getenv(variable.c_str());
    if (text == nullptr) continue;
    // Read as the value of a document, so that lists and numbers are written as in the file.
    const auto entries = config::read_yaml("value: " + std::string(text), variable);
    if (entries.size() != 1 || entries[0].name != "value") {
      throw Error(ErrorKind::config,
                  fmt::format("cannot use {}: '{}' is not one value", variable, printable(text)));
    }
    apply(loaded, rule, entries[0].value, variable, variable);
  }
}

// What single settings cannot tell: whether they go together.
void validate(const PipelineConfig& config) {
  try {
    config.csv.validate();
    config.parquet.validate();
  } catch (const Error& error) {
    throw Error(ErrorKind::config,
                fmt::format("the configuration does not work: {}", error.message()),
                error.next_step());
  }
}

Loaded load(const fs::path& file) {
  Loaded loaded;
  if (!file.empty()) {
    apply_file(loaded, file);
  } else {
    for (const char* name : {"cairn.yaml", "config/pipeline_config.yaml"}) {
      if (!io::file_exists(name)) continue;
      apply_file(loaded, name);
      break;
    }
  }
  apply_environment(loaded);
  validate(loaded.config);
  return loaded;
}

}  // namespace

PipelineConfig PipelineConfig::from_file(const fs::path& path) {
  return load(path).config;
}

PipelineConfig PipelineConfig::discover() {
  return load({}).config;
}

std::vector<Setting> explain_config(const fs::path& file) {
  const Loaded loaded = load(file);
  std::vector<Setting> settings;
  for (const auto& rule : config::setting_rules()) {
    const auto origin = loaded.origins.find(rule.name);
    settings.push_back({rule.name, rule.show(loaded.config),
                        origin == loaded.origins.end() ? "default" : origin->second});
  }
  return settings;
}

}  // namespace cairn
