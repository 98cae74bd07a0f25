#include "cache/identity.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/canonical_value.h"
#include "base/json.h"
#include "base/names.h"
#include "cairn/error.h"
#include "data/preimage.h"
#include "io/checksum.h"

namespace cairn {
namespace {

constexpr size_t kMaxParameterBytes = 1 << 20;
constexpr size_t kMaxTextBytes = 1024;

[[noreturn]] void refuse(const std::string& why, const std::string& next_step = {}) {
  throw Error(ErrorKind::invalid_argument, "cannot make a cache key: " + why, next_step);
}

void check_text(std::string_view what, std::string_view text) {
  if (!is_utf8(text)) refuse(fmt::format("the {} is not UTF-8", what));
  if (text.size() > kMaxTextBytes)
    refuse(fmt::format("the {} has {} bytes, more than {}", what, text.size(), kMaxTextBytes));
}

std::string encode_parameters(const Value::Map& parameters) {
  std::string bytes = to_canonical_bytes(parameters);
  if (bytes.size() > kMaxParameterBytes) {
    refuse(
        fmt::format("the parameters have {} bytes, more than {}", bytes.size(), kMaxParameterBytes),
        "pass what is large as an input, by its digest");
  }
  return bytes;
}

// The order in which they were given says nothing.
std::vector<const CacheInput*> sorted_inputs(const CacheIdentity& identity) {
  std::vector<const CacheInput*> inputs;
  for (const CacheInput& input : identity.inputs) inputs.push_back(&input);
  std::sort(inputs.begin(), inputs.end(),
            [](const auto* a, const auto* b) { return a->name < b->name; });
  return inputs;
}

void check_inputs(const std::vector<const CacheInput*>& inputs) {
  for (size_t i = 0; i < inputs.size(); ++i) {
    check_name("input name", inputs[i]->name);
    check_text("digest of an input", inputs[i]->digest);
    if (inputs[i]->digest.empty()) refuse(fmt::format("input '{}' has no digest", inputs[i]->name));
    if (i > 0 && inputs[i - 1]->name == inputs[i]->name)
      refuse(fmt::format("two inputs are named '{}'", inputs[i]->name));
  }
}

}  // namespace

std::string CacheIdentity::key() const {
  check_name("process name", process_name);
  check_name("step name", step_name);
  check_text("code version", code_version);
  const auto ordered = sorted_inputs(*this);
  check_inputs(ordered);
  data::Preimage preimage("cairn-cache/1");
  preimage.add(process_name);
  preimage.add(step_name);
  preimage.add(encode_parameters(parameters));
  preimage.add(uint64_t{ordered.size()});
  for (const CacheInput* input : ordered) {
    preimage.add(input->name);
    preimage.add(input->digest);
  }
  preimage.add(code_version);
  return io::sha256_hex(preimage.bytes());
}

namespace cache {
namespace {

// Sixteen bytes of a key, enough to look it up by.
std::string short_hash(std::string_view key) {
  constexpr size_t kBytes = 16;
  std::string bytes;
  for (size_t i = 0; i < kBytes; ++i)
    bytes += static_cast<char>(std::stoi(std::string(key.substr(2 * i, 2)), nullptr, 16));
  return bytes;
}

// More would make looking a miss up slow; what they miss is found among the latest of the step.
constexpr size_t kMaxFactors = 64;

std::string shown(const Value& value) {
  return printable(value.to_json(), 48);
}

struct Findings {
  std::vector<std::string> lines;
  int parts = 0;
};

void compare_parameter(const std::string& name, const Value& was, const Value& is,
                       std::vector<std::string>& lines);

// The members of two maps, by name.
void compare_maps(const std::string& prefix, const Value::Map& was, const Value::Map& is,
                  std::vector<std::string>& lines) {
  for (const auto& [name, value] : is) {
    const auto found = was.find(name);
    if (found == was.end()) {
      lines.push_back(
          fmt::format("parameter '{}' is new: {}", printable(prefix + name), shown(value)));
    } else {
      compare_parameter(prefix + name, found->second, value, lines);
    }
  }
  for (const auto& [name, value] : was) {
    if (!is.contains(name)) {
      lines.push_back(
          fmt::format("parameter '{}' is gone, it was {}", printable(prefix + name), shown(value)));
    }
  }
}

void compare_parameter(const std::string& name, const Value& was, const Value& is,
                       std::vector<std::string>& lines) {
  if (to_canonical_bytes(was) == to_canonical_bytes(is)) return;
  const auto* old_map = std::get_if<Value::Map>(&was.get());
  const auto* new_map = std::get_if<Value::Map>(&is.get());
  if (old_map != nullptr && new_map != nullptr) {
    compare_maps(name + ".", *old_map, *new_map, lines);
  } else if (was.type_name() != is.type_name()) {
    lines.push_back(fmt::format("parameter '{}' was {} ({}), is {} ({})", printable(name),
                                shown(was), was.type_name(), shown(is), is.type_name()));
  } else {
    lines.push_back(
        fmt::format("parameter '{}' was {}, is {}", printable(name), shown(was), shown(is)));
  }
}

Findings compare_parameters(const Value::Map& was, const Value::Map& is) {
  Findings findings;
  compare_maps("", was, is, findings.lines);
  findings.parts = static_cast<int>(findings.lines.size());
  return findings;
}

std::string changed_columns(const CacheInput& was, const CacheInput& is) {
  const std::map<std::string, std::string> old_columns(was.columns.begin(), was.columns.end());
  const std::map<std::string, std::string> new_columns(is.columns.begin(), is.columns.end());
  std::vector<std::string> changes;
  for (const auto& [name, digest] : new_columns) {
    const auto found = old_columns.find(name);
    if (found == old_columns.end()) {
      changes.push_back(fmt::format("column '{}' is new", printable(name)));
    } else if (found->second != digest) {
      changes.push_back(fmt::format("column '{}' changed", printable(name)));
    }
  }
  for (const auto& [name, digest] : old_columns) {
    if (!new_columns.contains(name))
      changes.push_back(fmt::format("column '{}' is gone", printable(name)));
  }
  if (changes.empty() && !new_columns.empty() && !old_columns.empty())
    return "the columns or their order changed";
  return fmt::format("{}", fmt::join(changes, ", "));
}

Findings compare_inputs(const CacheIdentity& was, const CacheIdentity& is) {
  std::map<std::string, const CacheInput*> old_inputs;
  for (const CacheInput& input : was.inputs) old_inputs.emplace(input.name, &input);
  Findings findings;
  for (const CacheInput* input : sorted_inputs(is)) {
    const auto found = old_inputs.find(input->name);
    if (found == old_inputs.end()) {
      findings.lines.push_back(fmt::format("input '{}' is new", printable(input->name)));
      continue;
    }
    if (found->second->digest != input->digest) {
      const std::string columns = changed_columns(*found->second, *input);
      findings.lines.push_back(fmt::format("input '{}' changed{}{}", printable(input->name),
                                           columns.empty() ? "" : ": ", columns));
    }
    old_inputs.erase(found);
  }
  for (const CacheInput* input : sorted_inputs(was)) {
    if (std::none_of(is.inputs.begin(), is.inputs.end(),
                     [&](const CacheInput& other) { return other.name == input->name; }))
      findings.lines.push_back(fmt::format("input '{}' is gone", printable(input->name)));
  }
  findings.parts = static_cast<int>(findings.lines.size());
  return findings;
}

Findings compare_code(const std::string& was, const std::string& is) {
  if (was == is) return {};
  const auto quoted = [](const std::string& version) {
    return version.empty() ? std::string("not given") : fmt::format("'{}'", printable(version));
  };
  return {{fmt::format("code version was {}, is {}", quoted(was), quoted(is))}, 1};
}

}  // namespace

CacheInput to_input(std::string name, const data::TableDigest& digest) {
  CacheInput input{std::move(name), digest.root, {}};
  for (const auto& column : digest.columns) input.columns.emplace_back(column.name, column.sha256);
  return input;
}

std::string to_json(const CacheIdentity& identity) {
  Json inputs = Json::array();
  for (const CacheInput* input : sorted_inputs(identity)) {
    Json columns = Json::array();
    for (const auto& [name, digest] : input->columns) columns.push_back({name, digest});
    inputs.push_back({{"name", input->name}, {"digest", input->digest}, {"columns", columns}});
  }
  return to_canonical_json({{"parameters", Value(identity.parameters).to_json()},
                            {"inputs", inputs},
                            {"code", identity.code_version}});
}

CacheIdentity identity_from_json(std::string process, std::string step, std::string_view json) {
  const Json stored = parse_json(json, "an identity in a cache");
  try {
    CacheIdentity identity{std::move(process), std::move(step), {}, {}, stored.at("code")};
    const auto parameters = Value::from_json(stored.at("parameters").get<std::string>());
    if (const auto* map = std::get_if<Value::Map>(&parameters.get())) identity.parameters = *map;
    for (const Json& input : stored.at("inputs")) {
      identity.inputs.push_back({input.at("name"), input.at("digest"), {}});
      for (const Json& column : input.at("columns"))
        identity.inputs.back().columns.emplace_back(column.at(0), column.at(1));
    }
    return identity;
  } catch (const Json::exception& error) {
    throw Error(ErrorKind::corrupt,
                fmt::format("an identity in a cache cannot be read: {}", error.what()));
  }
}

std::vector<std::string> factors(const CacheIdentity& identity) {
  std::vector<std::string> found;
  const auto add = [&](const CacheIdentity& reduced) {
    if (found.size() < kMaxFactors) found.push_back(short_hash(reduced.key()));
  };
  CacheIdentity reduced = identity;
  if (!identity.code_version.empty()) {
    reduced.code_version.clear();
    add(reduced);
    reduced.code_version = identity.code_version;
  }
  for (size_t i = 0; i < identity.inputs.size(); ++i) {
    reduced.inputs.erase(reduced.inputs.begin() + static_cast<std::ptrdiff_t>(i));
    add(reduced);
    reduced.inputs = identity.inputs;
  }
  for (const auto& [name, value] : identity.parameters) {
    reduced.parameters.erase(name);
    add(reduced);
    reduced.parameters.emplace(name, value);
  }
  found.push_back(short_hash(identity.key()));
  return found;
}

Difference difference(const CacheIdentity& stored, const CacheIdentity& asked) {
  const std::array<std::pair<MissReason, Findings>, 3> all{
      std::pair{MissReason::parameter, compare_parameters(stored.parameters, asked.parameters)},
      std::pair{MissReason::input, compare_inputs(stored, asked)},
      std::pair{MissReason::code, compare_code(stored.code_version, asked.code_version)}};
  Difference difference;
  std::vector<std::string> lines;
  for (const auto& [reason, findings] : all) {
    if (findings.parts == 0) continue;
    if (difference.parts == 0) difference.reason = reason;
    difference.parts += findings.parts;
    lines.insert(lines.end(), findings.lines.begin(), findings.lines.end());
  }
  constexpr size_t kMaxLines = 8;
  const size_t left_out = lines.size() > kMaxLines ? lines.size() - kMaxLines : 0;
  lines.resize(lines.size() - left_out);
  difference.explanation = fmt::format("{}", fmt::join(lines, "; "));
  if (left_out > 0) difference.explanation += fmt::format("; and {} more", left_out);
  return difference;
}

bool is_weak(const CacheIdentity& identity) {
  return identity.inputs.empty() && identity.code_version.empty();
}

}  // namespace cache
}  // namespace cairn
