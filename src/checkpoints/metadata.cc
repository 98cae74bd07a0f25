#include "checkpoints/metadata.h"

#include <fmt/format.h>

#include "base/clock.h"
#include "base/json.h"
#include "cairn/error.h"
#include "io/checksum.h"

namespace cairn::checkpoints {
namespace {

constexpr std::string_view kWhat = "metadata.json";
constexpr int64_t kFormat = 1;
constexpr const char* kSelfHash = "self_sha256";

Json to_json(const StoredFile& file) {
  return {{"path", file.path}, {"bytes", file.bytes}, {"xxh3_128", file.xxh3_128}};
}

Json to_json(const TablePart& part, const std::string& table_schema) {
  Json json = to_json(part.file);
  json["origin"] = part.origin;
  if (part.schema != table_schema) json["schema"] = part.schema;
  json["columns"] = Json::array();
  for (const StoredColumn& column : part.columns)
    json["columns"].push_back(
        {{"position", column.position}, {"sha256", column.sha256}, {"memory", column.memory}});
  return json;
}

Json to_json(const StoredTable& table) {
  Json json{{"name", table.name},
            {"rows", table.rows},
            {"digest", table.digest},
            {"schema", table.schema},
            {"parts", Json::array()}};
  for (const TablePart& part : table.parts) json["parts"].push_back(to_json(part, table.schema));
  return json;
}

StoredFile file_from(const Json& json) {
  return {json.at("path").get<std::string>(), json.at("bytes").get<int64_t>(),
          json.at("xxh3_128").get<std::string>()};
}

TablePart part_from(const Json& json, const std::string& table_schema) {
  TablePart part;
  part.file = file_from(json);
  part.origin = json.at("origin").get<int64_t>();
  part.schema = json.value("schema", table_schema);
  for (const Json& column : json.at("columns"))
    part.columns.push_back({column.at("position").get<int64_t>(),
                            column.at("sha256").get<std::string>(),
                            column.at("memory").get<int64_t>()});
  return part;
}

StoredTable table_from(const Json& json) {
  StoredTable table;
  table.name = json.at("name").get<std::string>();
  table.rows = json.at("rows").get<int64_t>();
  table.digest = json.at("digest").get<std::string>();
  table.schema = json.at("schema").get<std::string>();
  for (const Json& part : json.at("parts")) table.parts.push_back(part_from(part, table.schema));
  return table;
}

Metadata read(const Json& json) {
  Metadata metadata;
  CheckpointInfo& info = metadata.info;
  info.id = json.at("id").get<std::string>();
  info.process = json.at("process").get<std::string>();
  info.sequence = json.at("sequence").get<int64_t>();
  info.epoch = json.at("epoch").get<int64_t>();
  info.step = json.at("current_step").get<std::string>();
  info.completed_steps = json.at("completed_steps").get<std::vector<std::string>>();
  info.name = json.at("name").get<std::string>();
  info.schema_version = json.at("schema_version").get<std::string>();
  info.application_version = json.at("application_version").get<std::string>();
  info.created = json.at("created_us").get<int64_t>();
  info.rows = json.at("rows").get<int64_t>();
  info.digest = json.at("digest").get<std::string>();
  metadata.parent = json.at("parent").get<std::string>();
  metadata.version_mark = json.at("version_mark").get<int64_t>();
  metadata.state = file_from(json.at("state"));
  for (const Json& table : json.at("tables")) metadata.tables.push_back(table_from(table));
  return metadata;
}

void check_format(const Json& json) {
  const int64_t format = json.is_object() ? json.value("cairn_checkpoint", int64_t{0}) : 0;
  if (format > kFormat)
    throw Error(ErrorKind::unsupported,
                fmt::format("{} has format {}, made by a newer Cairn; this one knows formats up to "
                            "{}",
                            kWhat, format, kFormat),
                "use the newer program");
  if (format < 1)
    throw Error(ErrorKind::corrupt, fmt::format("{} is not that of a checkpoint", kWhat));
}

void check_self(Json& json) {
  const std::string recorded = json.value(kSelfHash, "");
  json.erase(kSelfHash);
  if (recorded != io::sha256_hex(to_canonical_json(json)))
    throw Error(ErrorKind::corrupt, fmt::format("{} does not have its own hash", kWhat));
}

}  // namespace

std::string to_text(const Metadata& metadata) {
  const CheckpointInfo& info = metadata.info;
  Json json{{"cairn_checkpoint", kFormat},
            {"id", info.id},
            {"process", info.process},
            {"sequence", info.sequence},
            {"epoch", info.epoch},
            {"current_step", info.step},
            {"completed_steps", info.completed_steps},
            {"name", info.name},
            {"schema_version", info.schema_version},
            {"application_version", info.application_version},
            {"created", to_rfc3339(TimePoint(std::chrono::microseconds(info.created)))},
            {"created_us", info.created},
            {"rows", info.rows},
            {"digest", info.digest},
            {"parent", metadata.parent},
            {"version_mark", metadata.version_mark},
            {"state", to_json(metadata.state)},
            {"tables", Json::array()},
            {"producer", {{"cairn", CAIRN_VERSION}}}};
  for (const StoredTable& table : metadata.tables) json["tables"].push_back(to_json(table));
  json[kSelfHash] = io::sha256_hex(to_canonical_json(json));
  return to_pretty_json(json);
}

Metadata metadata_from(std::string_view text) {
  Json json = parse_json(text, kWhat);
  try {
    check_format(json);
    check_self(json);
    return read(json);
  } catch (const Json::exception& exception) {
    throw Error(ErrorKind::corrupt, fmt::format("{} cannot be read: {}", kWhat, exception.what()));
  }
}

std::vector<StoredFile> files_of(const Metadata& metadata) {
  std::vector<StoredFile> files{metadata.state};
  for (const StoredTable& table : metadata.tables)
    for (const TablePart& part : table.parts) files.push_back(part.file);
  return files;
}

}  // namespace cairn::checkpoints
