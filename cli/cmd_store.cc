#include <fmt/format.h>

#include "base/names.h"
#include "base/quantities.h"
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

}  // namespace

int run_status(Session& session, const StatusOptions& options) {
  const StoreStatus status = session.open().status();
  if (options.prometheus) {
    session.out().write(status.to_prometheus());
    return kDone;
  }
  session.out().result(parse_json(status.to_json(), "the status"), [&] {
    return fmt::format("{}  {}: {}, {}, {}; {}, {}; {} free on disk\n{}", status.verdict(),
                       session.shown(status.output), counted(status.datasets, "dataset"),
                       counted(status.versions, "version"), format_bytes(status.bytes),
                       counted(status.checkpoints.checkpoints, "checkpoint"),
                       format_bytes(status.checkpoints.bytes), format_bytes(status.free_disk_bytes),
                       findings_to_text(status.findings));
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
