#include <fmt/format.h>

#include "base/quantities.h"
#include "cairn/error.h"
#include "commands.h"
#include "render.h"

namespace cairn::cli {
namespace {

// What is removed, from everywhere.
struct Swept {
  Removal published;
  PersistenceRemoval state;

  int64_t bytes() const { return published.bytes + state.cache.bytes + state.checkpoints.bytes; }
};

std::vector<std::string> keys_of(const std::vector<CacheEntry>& entries) {
  std::vector<std::string> keys;
  for (const CacheEntry& entry : entries) keys.push_back(entry.key);
  return keys;
}

std::vector<std::string> ids_of(const std::vector<CheckpointInfo>& checkpoints) {
  std::vector<std::string> ids;
  for (const CheckpointInfo& checkpoint : checkpoints) ids.push_back(checkpoint.id);
  return ids;
}

Json to_json(const Swept& swept, bool applied) {
  Json versions = Json::array();
  for (const DatasetVersion& version : swept.published.versions)
    versions.push_back(cli::to_json(version));
  return {{"versions", versions},
          {"files", swept.published.files},
          {"cache_entries", keys_of(swept.state.cache.entries)},
          {"stray_cache_files", swept.state.cache.stray_files},
          {"checkpoints", ids_of(swept.state.checkpoints.checkpoints)},
          {"bytes", swept.bytes()},
          {"applied", applied}};
}

std::string counts_of(const Swept& swept) {
  const auto count = [](const auto& things, const char* what) {
    return counted(static_cast<int64_t>(things.size()), what);
  };
  std::string text =
      count(swept.published.versions, "version") + " and " + count(swept.published.files, "file");
  if (!swept.state.cache.entries.empty() || !swept.state.cache.stray_files.empty()) {
    text += fmt::format(", {} and {} of the cache",
                        counted(static_cast<int64_t>(swept.state.cache.entries.size()), "result"),
                        count(swept.state.cache.stray_files, "stray file"));
  }
  if (!swept.state.checkpoints.checkpoints.empty())
    text += ", " + count(swept.state.checkpoints.checkpoints, "checkpoint");
  return text;
}

std::string to_text(const Swept& swept, bool applied, const Session& session,
                    const std::filesystem::path& output) {
  std::string lines;
  for (const DatasetVersion& version : swept.published.versions)
    lines += fmt::format("  {}  {}\n", reference_to(version), short_time(version.created));
  for (const std::string& file : swept.published.files)
    lines += fmt::format("  {}\n", session.shown(output / file));
  for (const CacheEntry& entry : swept.state.cache.entries)
    lines +=
        fmt::format("  {}/{}  {}\n", entry.process_name, entry.step_name, entry.key.substr(0, 12));
  for (const std::string& file : swept.state.cache.stray_files)
    lines += fmt::format("  {}\n", file);
  for (const CheckpointInfo& checkpoint : swept.state.checkpoints.checkpoints)
    lines += fmt::format("  {}\n", checkpoint.id);
  if (lines.empty()) return "nothing to remove\n";
  return fmt::format("{} {}, {}\n{}{}", applied ? "removed" : "would remove", counts_of(swept),
                     format_bytes(swept.bytes()), lines,
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

int run_gc(Session& session, const GcOptions& options) {
  const bool expires = options.keep_last > 0 || !options.keep_within.empty();
  if (!expires && !options.orphans && !options.state) {
    throw Error(ErrorKind::invalid_argument, "nothing says what to keep",
                "give --keep-last, --keep-within, --orphans or --state");
  }
  const Retention retention = retention_of(options);
  Workspace workspace = session.open();
  DataVersionManager& versions = workspace.versions();
  if (!options.dataset.empty()) versions.resolve({options.dataset, "latest"});
  Swept swept;
  if (expires) swept.published = versions.expire(options.dataset, retention, !options.apply);
  if (options.orphans) {
    const Removal orphans = versions.remove_orphans(!options.apply);
    swept.published.files.insert(swept.published.files.end(), orphans.files.begin(),
                                 orphans.files.end());
    swept.published.bytes += orphans.bytes;
  }
  if (options.state) swept.state = workspace.persistence().gc({}, !options.apply);
  session.out().result(to_json(swept, options.apply), [&] {
    return to_text(swept, options.apply, session, session.config().output_data_path);
  });
  return kDone;
}

}  // namespace cairn::cli
