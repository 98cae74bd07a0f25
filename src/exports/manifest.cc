#include "exports/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/names.h"
#include "cairn/error.h"
#include "data/logical_type.h"
#include "exports/reader_calls.h"
#include "exports/table_schema.h"

namespace cairn::exports {
namespace {

constexpr std::string_view kProfile = "https://datapackage.org/profiles/2.0/datapackage.json";
constexpr std::string_view kManifestFormat = "cairn-manifest/1";

Error damaged(const catalog::Version& version, const std::string& why) {
  return {ErrorKind::corrupt,
          fmt::format("cannot describe version {} of '{}': {}", version.version,
                      printable(version.dataset), why),
          "run 'cairn doctor' to check the store"};
}

const catalog::TableRow& table_of(const catalog::Version& version, const catalog::FileRow& file) {
  const auto& tables = version.table_rows;
  const auto found = std::find_if(tables.begin(), tables.end(),
                                  [&](const auto& table) { return table.name == file.table; });
  if (found != tables.end()) return *found;
  throw damaged(version,
                fmt::format("its file '{}' belongs to the table '{}', which it does not have",
                            printable(file.path), printable(file.table)));
}

// A name for each file, unique in the version: slugs of two tables may be equal.
std::vector<std::string> resource_names(const catalog::Version& version) {
  std::vector<std::string> names;
  std::set<std::string> taken;
  for (const auto& file : version.file_rows) {
    std::string name = fmt::format("{}.{}", slug(file.table), file.format);
    for (int copy = 2; !taken.insert(name).second; ++copy)
      name = fmt::format("{}-{}.{}", slug(file.table), copy, file.format);
    names.push_back(std::move(name));
  }
  return names;
}

Json dialect_descriptor(const Json& dialect) {
  return {{"delimiter", dialect.value("delimiter", ",")},
          {"lineTerminator", dialect.value("crlf", false) ? "\r\n" : "\n"},
          {"quoteChar", "\""},
          {"doubleQuote", true},
          {"header", dialect.value("header", true)}};
}

// What was not computed is left out.
Json digests(const catalog::FileRow& file) {
  Json digests = Json::object();
  if (!file.md5.empty()) digests["md5"] = file.md5;
  if (!file.xxh3_128.empty()) digests["xxh3_128"] = file.xxh3_128;
  if (!file.sha256.empty()) digests["sha256"] = file.sha256;
  return digests;
}

Json file_extension(const catalog::FileRow& file, const catalog::TableRow& table) {
  Json extension = {{"table", file.table},      {"role", table.role},
                    {"rows", file.rows},        {"columns", table.columns},
                    {"digest", table.digest},   {"schema_fingerprint", table.schema_fingerprint},
                    {"digests", digests(file)}, {"readers", reader_calls(file, table)}};
  if (file.details.is_object()) extension.update(file.details);
  return extension;
}

Json resource(const catalog::FileRow& file, const catalog::TableRow& table,
              const std::string& name) {
  const Json dialect = file.details.value("dialect", Json::object());
  Json resource = {
      {"name", name},
      {"type", "table"},
      {"path", file.path},
      {"format", file.format},
      {"bytes", file.bytes},
      {"schema", table_schema(*data::decode_schema(table.schema), table.profile,
                              dialect.value("null_token", ""))},
      {"x-cairn", file_extension(file, table)},
  };
  if (file.format == "csv") {
    resource["mediatype"] = "text/csv";
    resource["encoding"] = "utf-8";
    resource["dialect"] = dialect_descriptor(dialect);
  } else {
    resource["mediatype"] = "application/vnd.apache.parquet";
  }
  // The standard has room for one hash, and takes a bare one for MD5.
  if (!file.sha256.empty()) {
    resource["hash"] = "sha256:" + file.sha256;
  } else if (!file.md5.empty()) {
    resource["hash"] = file.md5;
  }
  return resource;
}

Json table_extension(const catalog::TableRow& table) {
  return {{"name", table.name},           {"role", table.role},
          {"rows", table.rows},           {"columns", table.columns},
          {"digest", table.digest},       {"schema_fingerprint", table.schema_fingerprint},
          {"arrow_schema", table.schema}, {"profile", table.profile}};
}

Json package_extension(const catalog::Version& version) {
  Json tables = Json::array();
  for (const auto& table : version.table_rows) tables.push_back(table_extension(table));
  Json extension = {{"format", kManifestFormat},
                    {"dataset", version.dataset},
                    {"version", version.version},
                    {"export_id", version.export_uuid},
                    {"operation", version.operation},
                    {"digest", version.digest},
                    {"rows", version.rows},
                    {"bytes", version.bytes},
                    {"message", version.message},
                    {"author", version.author},
                    {"clock_ran_backwards", version.clock_ran_backwards},
                    {"tables", std::move(tables)}};
  if (version.details.is_object()) extension.update(version.details);
  return extension;
}

Json package_descriptor(const catalog::Version& version) {
  const std::vector<std::string> names = resource_names(version);
  Json resources = Json::array();
  for (size_t i = 0; i < names.size(); ++i) {
    const auto& file = version.file_rows[i];
    resources.push_back(resource(file, table_of(version, file), names[i]));
  }
  Json package = {{"$schema", kProfile},
                  {"name", version.slug},
                  {"title", version.dataset},
                  {"id", "urn:uuid:" + version.export_uuid},
                  {"version", fmt::format("{}.0.0", version.version)},
                  {"created", to_rfc3339(version.created)},
                  {"resources", std::move(resources)},
                  {"x-cairn", package_extension(version)}};
  if (!version.message.empty()) package["description"] = version.message;
  return package;
}

}  // namespace

Json render_manifest(const catalog::Version& version) {
  try {
    return package_descriptor(version);
  } catch (const Json::exception& error) {
    // What the catalog keeps as JSON is not of the form that was written.
    throw damaged(version, error.what());
  }
}

std::string render_md5_sums(const catalog::Version& version) {
  std::string lines;
  for (const auto& file : version.file_rows)
    if (!file.md5.empty()) lines += fmt::format("{}  {}\n", file.md5, file.path);
  return lines;
}

}  // namespace cairn::exports
