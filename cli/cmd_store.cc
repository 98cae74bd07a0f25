#include <fmt/format.h>

#include "base/names.h"
#include "base/quantities.h"
#include "cairn/error.h"
#include "commands.h"
#include "render.h"

namespace cairn::cli {
namespace {

std::string findings_to_text(const std::vector<Finding>& findings) {
  TextTable lines({"", "", ""});
  for (const Finding& finding : findings) {
    lines.add({std::string(to_string(finding.state)), finding.what,
               finding.next_step.empty()
                   ? finding.detail
                   : fmt::format("{}; {}", finding.detail, finding.next_step)});
  }
  const std::string text = lines.text();
  return text.substr(text.find('\n') + 1);  // without the line of titles
}

Json to_json(const Removal& removal, bool applied) {
  Json versions = Json::array();
  for (const DatasetVersion& version : removal.versions) versions.push_back(cli::to_json(version));
  return {{"versions", versions},
          {"files", removal.files},
          {"bytes", removal.bytes},
          {"applied", applied}};
}

std::string to_text(const Removal& removal, bool applied, const Session& session,
                    const std::filesystem::path& output) {
  if (removal.versions.empty() && removal.files.empty()) return "nothing to remove\n";
  std::string text;
  for (const DatasetVersion& version : removal.versions) {
    text += fmt::format("  {}  {}\n", reference_to(version), short_time(version.created));
  }
  for (const std::string& file : removal.files) {
    text += fmt::format("  {}\n", session.shown(output / file));
  }
  return fmt::format("{} {} and {}, {}\n{}{}", applied ? "removed" : "would remove",
                     counted(static_cast<int64_t>(removal.versions.size()), "version"),
                     counted(static_cast<int64_t>(removal.files.size()), "file"),
                     format_bytes(removal.bytes), text,
                     applied ? "" : "run it again with --apply to do it\n");
}

Retention retention_of(const GcOptions& options) {
  Retention retention;
  retention.keep_last = options.keep_last;
  if (!options.keep_within.empty()) {
    retention.keep_within = parse_duration(options.keep_within, "duration");
  }
  return retention;
}

}  // namespace

int run_status(Session& session, const StatusOptions& options) {
  const StoreStatus status = session.open().status();
  if (options.prometheus) {
    session.out().write(status.to_prometheus());
    return kDone;
  }
  session.out().result(parse_json(status.to_json(), "the status"), [&] {
    return fmt::format("{}  {}: {}, {}, {}; {} free on disk\n{}", status.verdict(),
                       session.shown(status.output), counted(status.datasets, "dataset"),
                       counted(status.versions, "version"), format_bytes(status.bytes),
                       format_bytes(status.free_disk_bytes), findings_to_text(status.findings));
  });
  return kDone;
}

int run_doctor(Session& session, const DoctorOptions& options) {
  const VerifyLevel level = parse_verify_level(options.level);
  const PipelineConfig config = session.config();
  const HealthReport health = Workspace::examine(config, level, session.progress());
  session.progress().clear();
  Json findings = Json::array();
  for (const Finding& finding : health.findings) {
    findings.push_back({{"what", finding.what},
                        {"state", to_string(finding.state)},
                        {"detail", finding.detail},
                        {"next_step", finding.next_step}});
  }
  session.out().result({{"verdict", to_string(health.verdict())}, {"findings", findings}},
                       [&] { return findings_to_text(health.findings); });
  return health.verdict() == Finding::State::fail ? kTheAnswerIsNo : kDone;
}

int run_gc(Session& session, const GcOptions& options) {
  const bool expires = options.keep_last > 0 || !options.keep_within.empty();
  if (!expires && !options.orphans) {
    throw Error(ErrorKind::invalid_argument, "nothing says what to keep",
                "give --keep-last, --keep-within or --orphans");
  }
  const Retention retention = retention_of(options);
  Workspace workspace = session.open();
  DataVersionManager& versions = workspace.versions();
  if (!options.dataset.empty()) versions.resolve({options.dataset, "latest"});
  Removal removal;
  if (expires) removal = versions.expire(options.dataset, retention, !options.apply);
  if (options.orphans) {
    const Removal orphans = versions.remove_orphans(!options.apply);
    removal.files.insert(removal.files.end(), orphans.files.begin(), orphans.files.end());
    removal.bytes += orphans.bytes;
  }
  session.out().result(to_json(removal, options.apply), [&] {
    return to_text(removal, options.apply, session, session.config().output_data_path);
  });
  return kDone;
}

int run_config_show(Session& session) {
  Json json = Json::array();
  TextTable lines({"setting", "value", "origin"});
  for (const Setting& setting : explain_config(session.config_file())) {
    json.push_back({{"name", setting.name}, {"value", setting.value}, {"origin", setting.origin}});
    lines.add({setting.name, setting.value, setting.origin});
  }
  session.out().result(json, [&] { return lines.text(); });
  return kDone;
}

int run_version(Session& session) {
  Json json = Json::object();
  TextTable lines({"library", "version"});
  for (const Library& library : libraries()) {
    json[library.name] = library.version;
    lines.add({library.name, library.version});
  }
  session.out().result(json, [&] { return lines.text(); });
  return kDone;
}

}  // namespace cairn::cli
