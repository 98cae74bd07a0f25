#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/names.h"
#include "base/quantities.h"
#include "commands.h"
#include "io/layout.h"
#include "render.h"

namespace cairn::cli {
namespace {

Json schema_of(const DataVersionManager& versions, const DatasetVersion& version) {
  Json tables = Json::array();
  for (const DatasetTable& table : versions.tables(version)) {
    Json columns = Json::array();
    const auto schema = versions.read(version, table.name)->schema();
    for (const auto& field : schema->fields()) {
      columns.push_back({{"name", field->name()},
                         {"type", field->type()->ToString()},
                         {"nullable", field->nullable()}});
    }
    tables.push_back({{"table", table.name}, {"columns", columns}});
  }
  return tables;
}

std::string schema_to_text(const Json& tables) {
  std::string text;
  for (const Json& table : tables) {
    text += fmt::format("{}\n", table["table"].get<std::string>());
    TextTable lines({"column", "type", "nullable"});
    for (const Json& column : table["columns"]) {
      lines.add({printable(column["name"].get<std::string>()), column["type"].get<std::string>(),
                 column["nullable"].get<bool>() ? "yes" : "no"});
    }
    text += lines.text("  ");
  }
  return text;
}

std::string details_to_text(const DatasetVersion& version, const std::vector<DatasetTable>& tables,
                            const std::string& files, const std::string& manifest) {
  std::string text = fmt::format("{}  {}  {}\n", reference_to(version), short_time(version.created),
                                 version.state);
  text += fmt::format("  digest    {}\n", version.digest);
  text += fmt::format("  export    {} ({})\n", version.export_uuid, version.operation);
  if (!version.author.empty()) text += fmt::format("  author    {}\n", printable(version.author));
  if (!version.message.empty()) text += fmt::format("  message   {}\n", printable(version.message));
  if (!version.tags.empty()) text += fmt::format("  tags      {}\n", fmt::join(version.tags, ", "));
  if (version.clock_ran_backwards) text += "  note      created before the version it follows\n";
  text += fmt::format("  manifest  {}\n\n", manifest);
  TextTable lines({"table", "role", ">rows", ">columns", "digest"});
  for (const DatasetTable& table : tables) {
    lines.add({table.name, table.role, format_count(table.rows), format_count(table.columns),
               short_digest(table.digest)});
  }
  return text + lines.text("  ") + "\n" + files;
}

void show_details(Session& session, const DataVersionManager& versions,
                  const DatasetVersion& version) {
  const auto output = session.config().output_data_path;
  const auto tables = versions.tables(version);
  const auto files = versions.files(version);
  const std::string manifest =
      session.shown(output / io::Layout::manifest(version.slug, version.version));
  Json json = to_json(version);
  json["manifest"] = manifest;
  json["tables"] = Json::array();
  for (const DatasetTable& table : tables) json["tables"].push_back(to_json(table));
  json["files"] = files_to_json(files, tables, output, session);
  session.out().result(json, [&] {
    return details_to_text(version, tables, files_to_text(files, output, session), manifest);
  });
}

}  // namespace

int run_versions(Session& session, const VersionsOptions& options) {
  Workspace workspace = session.open();
  if (!options.dataset.empty()) workspace.versions().resolve({options.dataset, "latest"});
  const auto versions = workspace.versions().list(options.dataset, options.limit);
  Json json = Json::array();
  for (const DatasetVersion& version : versions) json.push_back(to_json(version));
  session.out().result(json, [&] {
    TextTable lines({"version", "created", ">rows", ">size", "digest", "tags", "message"});
    for (const DatasetVersion& version : versions) {
      lines.add({reference_to(version), short_time(version.created), format_count(version.rows),
                 format_bytes(version.bytes), short_digest(version.digest),
                 fmt::format("{}", fmt::join(version.tags, ",")),
                 version.state == "committed" ? printable(version.message)
                                              : fmt::format("({})", version.state)});
    }
    return lines.text();
  });
  return kDone;
}

int run_show(Session& session, const ShowOptions& options) {
  Workspace workspace = session.open();
  const DataVersionManager& versions = workspace.versions();
  const auto version = versions.resolve(VersionReference::parse(options.reference));
  if (options.manifest) {
    session.out().write(versions.manifest(version));
  } else if (options.md5) {
    session.out().write(versions.md5_sums(version));
  } else if (options.schema) {
    const Json schema = schema_of(versions, version);
    session.out().result(schema, [&] { return schema_to_text(schema); });
  } else {
    show_details(session, versions, version);
  }
  return kDone;
}

int run_diff(Session& session, const DiffOptions& options) {
  Workspace workspace = session.open();
  const DataVersionManager& versions = workspace.versions();
  const VersionDiff diff = versions.diff(versions.resolve(VersionReference::parse(options.before)),
                                         versions.resolve(VersionReference::parse(options.after)));
  session.out().result(to_json(diff), [&] { return to_text(diff); });
  return diff.identical() ? kDone : kTheAnswerIsNo;
}

int run_tag(Session& session, const TagOptions& options) {
  check_name("tag", options.name);
  Workspace workspace = session.open();
  DataVersionManager& versions = workspace.versions();
  const auto reference = VersionReference::parse(options.reference);
  if (options.remove) {
    const auto tagged = versions.resolve({reference.dataset, "tag:" + options.name});
    if (!options.dry_run) versions.untag(reference.dataset, options.name);
    session.out().result({{"dataset", tagged.dataset},
                          {"version", tagged.version},
                          {"tag", options.name},
                          {"removed", true},
                          {"dry_run", options.dry_run}},
                         [&] {
                           return fmt::format("{} tag '{}' from {}\n",
                                              options.dry_run ? "would take" : "took", options.name,
                                              reference_to(tagged));
                         });
    return kDone;
  }
  const auto version = versions.resolve(reference);
  if (!options.dry_run) versions.tag(version, options.name, options.replace);
  session.out().result({{"dataset", version.dataset},
                        {"version", version.version},
                        {"tag", options.name},
                        {"removed", false},
                        {"dry_run", options.dry_run}},
                       [&] {
                         return fmt::format("{} {} '{}'\n",
                                            options.dry_run ? "would tag" : "tagged",
                                            reference_to(version), options.name);
                       });
  return kDone;
}

int run_rollback(Session& session, const RollbackOptions& options) {
  Workspace workspace = session.open();
  DataVersionManager& versions = workspace.versions();
  const auto to = versions.resolve(VersionReference::parse(options.reference));
  if (options.dry_run) {
    const auto newest = versions.latest(to.dataset);
    session.out().result({{"dataset", to.dataset},
                          {"version", newest->version + 1},
                          {"rolled_back_to", to.version},
                          {"digest", to.digest},
                          {"dry_run", true}},
                         [&] {
                           return fmt::format("would make version {} with the files of {}\n",
                                              newest->version + 1, reference_to(to));
                         });
    return kDone;
  }
  const auto made = versions.rollback(to, options.message);
  Json json = to_json(made);
  json["rolled_back_to"] = to.version;
  json["dry_run"] = false;
  session.out().result(json, [&] {
    return fmt::format("{} is now the newest version, with the files of {}\n", reference_to(made),
                       reference_to(to));
  });
  return kDone;
}

}  // namespace cairn::cli
