#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/names.h"
#include "base/quantities.h"
#include "cairn/checkpoint_manager.h"
#include "cairn/error.h"
#include "commands.h"
#include "data/arrow_error.h"
#include "formats/inputs/open_input.h"
#include "io/file.h"
#include "render.h"
#include "state_commands.h"
#include "store/store.h"

namespace cairn::cli {
namespace {

using std::chrono::microseconds;

constexpr int64_t kMaxStateBytes = 16 << 20;

CheckpointManager open_existing(const Session& session) {
  return CheckpointManager(store::Store::open(session.config(), store::Store::Mode::existing));
}

std::string short_time_of(const CheckpointInfo& info) {
  return short_time(std::chrono::sys_time<microseconds>(microseconds(info.created)));
}

Json to_json(const CheckpointInfo& info) {
  return {{"id", info.id},
          {"process", info.process},
          {"sequence", info.sequence},
          {"epoch", info.epoch},
          {"step", info.step},
          {"completed_steps", info.completed_steps},
          {"name", info.name},
          {"schema_version", info.schema_version},
          {"application_version", info.application_version},
          {"created", to_rfc3339(TimePoint(microseconds(info.created)))},
          {"rows", info.rows},
          {"bytes", info.bytes},
          {"new_bytes", info.new_bytes},
          {"digest", info.digest},
          {"set_aside", info.set_aside}};
}

Json to_json(const std::vector<CheckpointInfo>& checkpoints) {
  Json json = Json::array();
  for (const CheckpointInfo& info : checkpoints) json.push_back(to_json(info));
  return json;
}

// An id, or a process, whose newest checkpoint is meant.
std::string id_of(const CheckpointManager& manager, const std::string& text) {
  const auto of_process = manager.list_checkpoints(text);
  return of_process.empty() ? text : of_process.front().id;
}

Value::Map read_state(const std::filesystem::path& file) {
  if (file.empty()) return {};
  const Value state = Value::from_json(io::read_file(file, kMaxStateBytes));
  if (const auto* members = std::get_if<Value::Map>(&state.get())) return *members;
  throw Error(ErrorKind::invalid_argument,
              fmt::format("'{}' holds a {}, and a state is an object", printable(file.native()),
                          state.type_name()),
              "put it into an object: {\"value\": …}");
}

std::shared_ptr<arrow::Table> read_table(const std::string& file, const PipelineConfig& config) {
  const auto input =
      formats::open_input(file, Session::spool_folder(config), arrow::default_memory_pool());
  return value_or_throw(input.reader->ToTable(), fmt::format("read '{}'", printable(file)));
}

CheckpointContent content_of(const CheckpointSaveOptions& options, const PipelineConfig& config) {
  CheckpointContent content;
  content.current_step = options.step;
  content.completed_steps = options.completed;
  content.state = read_state(options.state);
  for (const std::string& text : options.tables) {
    const size_t equals = text.find('=');
    const std::string name = equals == std::string::npos ? "data" : text.substr(0, equals);
    check_name("table name", name);
    if (!content.tables.emplace(name, read_table(text.substr(equals + 1), config)).second)
      throw Error(ErrorKind::invalid_argument,
                  fmt::format("two tables are named '{}'", printable(name)),
                  "give each table a name of its own: --table NAME=FILE");
  }
  return content;
}

CheckpointPolicy policy_of(const CheckpointGcOptions& options) {
  CheckpointPolicy policy;
  policy.keep_last = options.keep_last;
  policy.keep_every = options.keep_every;
  if (!options.max_age.empty()) policy.max_age = parse_duration(options.max_age, "duration");
  if (!options.max_bytes.empty()) policy.max_bytes = parse_bytes(options.max_bytes, "size");
  return policy;
}

std::string to_text(const CheckpointDetails& details, const Session& session) {
  const CheckpointInfo& info = details.info;
  std::string text =
      fmt::format("{}  {}, step '{}', saved {}\n  {}\n", info.id, printable(info.process),
                  printable(info.step), short_time_of(info), session.shown(details.folder));
  if (!info.name.empty()) text += fmt::format("  named '{}'\n", printable(info.name));
  for (const auto& table : details.tables)
    text += fmt::format("  table {}: {} rows x {} columns, {}\n", printable(table.name),
                        format_count(table.rows), table.columns, short_digest(table.digest));
  TextTable files({"file", ">size", ""});
  for (const auto& file : details.files)
    files.add({file.path, format_bytes(file.bytes), file.shared ? "shared" : ""});
  return text + files.text("  ");
}

// What was passed over to get here, told beside the result.
void tell(Session& session, const RecoveryReport& report) {
  for (const RecoveryReport::Skipped& skipped : report.skipped)
    session.note("skipped " + skipped.reason);
  if (report.published_since.empty()) return;
  std::string versions;
  for (const std::string& version : report.published_since)
    versions += (versions.empty() ? "" : ", ") + printable(version);
  session.note("published after this checkpoint: " + versions);
}

}  // namespace

int run_checkpoint_save(Session& session, const CheckpointSaveOptions& options) {
  const PipelineConfig config = session.config();
  const CheckpointContent content = content_of(options, config);
  if (options.dry_run) {
    Json tables = Json::array();
    for (const auto& [name, table] : content.tables)
      tables.push_back({{"name", name}, {"rows", table->num_rows()}});
    session.out().result(
        {{"process", options.process}, {"tables", tables}, {"dry_run", true}}, [&] {
          return fmt::format("would save a checkpoint of '{}' with {}\n",
                             printable(options.process),
                             counted(static_cast<int64_t>(content.tables.size()), "table"));
        });
    return kDone;
  }
  CheckpointManager manager(config);
  CheckpointPolicy policy;
  if (options.keep_last) policy.keep_last = *options.keep_last;
  manager.set_policy(policy);
  const CheckpointInfo info = manager.create_checkpoint(
      options.process, content, {options.name, options.schema_version, options.app_version});
  manager.close();
  Json json = to_json(info);
  json["dry_run"] = false;
  session.out().result(json, [&] {
    return fmt::format("saved {}: {} rows, {}, of them {} new\n", info.id, format_count(info.rows),
                       format_bytes(info.bytes), format_bytes(info.new_bytes));
  });
  return kDone;
}

int run_checkpoint_ls(Session& session, const CheckpointLsOptions& options) {
  const auto checkpoints = open_existing(session).list_checkpoints(options.process);
  session.out().result(to_json(checkpoints), [&] {
    TextTable lines({"checkpoint", "process", "step", "saved", ">rows", ">size", ">new", ""});
    for (const CheckpointInfo& info : checkpoints) {
      lines.add({info.id, printable(info.process), printable(info.step), short_time_of(info),
                 format_count(info.rows), format_bytes(info.bytes), format_bytes(info.new_bytes),
                 info.set_aside ? "damaged, set aside" : printable(info.name)});
    }
    return lines.text();
  });
  return kDone;
}

int run_checkpoint_show(Session& session, const CheckpointShowOptions& options) {
  const CheckpointManager manager = open_existing(session);
  const std::string id = id_of(manager, options.checkpoint);
  const CheckpointDetails details = manager.describe(id);
  if (options.verify) manager.verify(id);
  Json json = to_json(details.info);
  json["parent"] = details.parent;
  json["folder"] = session.shown(details.folder);
  json["verified"] = options.verify;
  json["tables"] = Json::array();
  for (const auto& table : details.tables)
    json["tables"].push_back({{"name", table.name},
                              {"rows", table.rows},
                              {"columns", table.columns},
                              {"digest", table.digest}});
  json["files"] = Json::array();
  for (const auto& file : details.files)
    json["files"].push_back({{"path", file.path}, {"bytes", file.bytes}, {"shared", file.shared}});
  session.out().result(json, [&] { return to_text(details, session); });
  return kDone;
}

int run_checkpoint_load(Session& session, const CheckpointLoadOptions& options) {
  const CheckpointManager manager = open_existing(session);
  Recovery recovery;
  if (manager.list_checkpoints(options.checkpoint).empty()) {
    recovery.checkpoint = manager.load_checkpoint(options.checkpoint);
    recovery.report.chosen = recovery.checkpoint.info.id;
  } else {
    recovery = manager.load_latest(options.checkpoint).value();
    tell(session, recovery.report);
  }
  Json json = to_json(recovery.checkpoint.info);
  json["report"] = parse_json(recovery.report.to_json(), "the report of a recovery");
  json["dry_run"] = options.dry_run;
  json["files"] = Json::array();
  if (!options.dry_run) {
    for (const auto& file :
         manager.extract(recovery.checkpoint, options.folder, parse_format(options.format)))
      json["files"].push_back(session.shown(file));
  }
  session.out().result(json, [&] {
    return fmt::format("{} {} to {}\n", options.dry_run ? "would load" : "loaded",
                       recovery.report.chosen, session.shown(options.folder));
  });
  return kDone;
}

int run_checkpoint_gc(Session& session, const CheckpointGcOptions& options) {
  const CheckpointPolicy policy = policy_of(options);
  CheckpointManager manager = open_existing(session);
  if (!options.process.empty() && manager.list_checkpoints(options.process).empty())
    throw Error(ErrorKind::not_found,
                fmt::format("'{}' has no checkpoints", printable(options.process)),
                "`cairn checkpoint ls` lists those there are");
  const auto removal = manager.cleanup(options.process, policy, !options.apply);
  Json aside = Json::array();
  for (const auto& each : removal.set_aside)
    aside.push_back({{"checkpoint", each.checkpoint.id}, {"reason", each.reason}});
  session.out().result(
      {{"checkpoints", to_json(removal.checkpoints)},
       {"set_aside", aside},
       {"bytes", removal.bytes},
       {"applied", options.apply}},
      [&] {
        std::string text;
        for (const auto& each : removal.set_aside)
          text += fmt::format("{} {}: {}\n", options.apply ? "set aside" : "would set aside",
                              each.checkpoint.id, each.reason);
        for (const auto& each : removal.checkpoints)
          text += fmt::format("{} {}  {}\n", options.apply ? "removed" : "would remove", each.id,
                              short_time_of(each));
        if (text.empty()) return std::string("nothing to remove\n");
        return fmt::format("{}{} {}\n{}", text, format_bytes(removal.bytes),
                           options.apply ? "are free" : "would become free",
                           options.apply ? "" : "run it again with --apply to do it\n");
      });
  return kDone;
}

int run_checkpoint_rm(Session& session, const CheckpointRmOptions& options) {
  CheckpointManager manager = open_existing(session);
  if (options.dry_run) {
    const auto all = manager.list_checkpoints();
    if (std::none_of(all.begin(), all.end(),
                     [&](const CheckpointInfo& info) { return info.id == options.checkpoint; }))
      throw Error(ErrorKind::not_found,
                  fmt::format("there is no checkpoint '{}'", printable(options.checkpoint)),
                  "`cairn checkpoint ls` lists those there are");
  } else {
    manager.remove(options.checkpoint);
  }
  session.out().result({{"id", options.checkpoint}, {"dry_run", options.dry_run}}, [&] {
    return fmt::format("{} {}\n", options.dry_run ? "would remove" : "removed", options.checkpoint);
  });
  return kDone;
}

}  // namespace cairn::cli
