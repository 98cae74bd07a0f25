#include "workspace/findings.h"

#include <fmt/format.h>

#include "base/names.h"
#include "base/quantities.h"
#include "exports/mirrors.h"
#include "io/file.h"
#include "io/file_lock.h"
#include "io/machine.h"

namespace cairn::workspace {
namespace {

using State = Finding::State;

// Below these an export is likely, or certain, to fail for want of space.
constexpr int64_t kLittleDisk = int64_t{1} << 30;
constexpr int64_t kTooLittleDisk = int64_t{64} << 20;

Finding disk_finding(const io::Layout& layout) {
  const int64_t free = io::free_disk_bytes(layout.output());
  const State state = free < kTooLittleDisk ? State::fail
                      : free < kLittleDisk  ? State::warn
                                            : State::ok;
  return {"free disk", state,
          fmt::format("{} in '{}'", format_bytes(free), printable(layout.output().native())),
          state == State::ok ? "" : "free some space, or remove old versions with `cairn gc`"};
}

Finding file_system_finding(const io::Layout& layout) {
  if (!io::is_network_file_system(layout.output())) return {"file system", State::ok, "local", ""};
  return {"file system", State::warn,
          "a network or FUSE file system, whose locks are not to be trusted",
          "keep the store on a local disk, or let one machine at a time write to it"};
}

Finding unfinished_finding(store::Store& store) {
  const auto unfinished = store.catalog().unfinished();
  if (unfinished.empty()) return {"unfinished exports", State::ok, "none", ""};
  // Opening the store cleared away those whose writers died, so these are at work.
  return {"unfinished exports", State::ok,
          fmt::format("{}, whose writers are at work", unfinished.size()), ""};
}

Finding folder_finding(const std::filesystem::path& folder) {
  const std::string what = fmt::format("folder {}", printable(folder.native()));
  try {
    io::open_unnamed(folder);
    return {what, State::ok, "can be written", ""};
  } catch (const Error& error) {
    return failure(what, error);
  }
}

Finding lock_finding(const io::Layout& layout) {
  try {
    const bool free = io::FileLock::try_acquire(layout.recovery_lock()).has_value();
    return {"locks", State::ok, free ? "can be had" : "another process is clearing up", ""};
  } catch (const Error& error) {
    return failure("locks", error);
  }
}

}  // namespace

Finding failure(const std::string& what, const Error& error) {
  return {what, State::fail, error.message(), error.next_step()};
}

std::vector<Finding> cheap_findings(store::Store& store) {
  return {file_system_finding(store.layout()), disk_finding(store.layout()),
          unfinished_finding(store)};
}

std::vector<Finding> access_findings(store::Store& store) {
  std::vector<Finding> findings;
  const io::Layout& layout = store.layout();
  for (const char* folder : {"csv", "parquet", "analytical", "metadata"}) {
    findings.push_back(folder_finding(layout.output() / folder));
  }
  findings.push_back(folder_finding(layout.temp()));
  findings.push_back(lock_finding(layout));
  return findings;
}

Finding catalog_finding(store::Store& store) {
  const auto damage = store.catalog().check_health();
  if (damage.empty()) {
    return {"catalog", State::ok, fmt::format("well, schema {}", store.catalog().schema_version()),
            ""};
  }
  return {"catalog", State::fail,
          fmt::format("{} defects, the first: {}", damage.size(), printable(damage.front())),
          "restore catalog.sqlite from a backup; the data files are not touched by this"};
}

Finding mirror_finding(store::Store& store, const std::vector<DatasetVersion>& versions) {
  try {
    const auto rewritten = exports::repair_mirrors(store, versions);
    if (rewritten.empty())
      return {"mirrors", State::ok, fmt::format("of {} versions are there", versions.size()), ""};
    return {"mirrors", State::warn,
            fmt::format("{} were missing or said something else than the catalog, and are written "
                        "again; the first: {}",
                        rewritten.size(), rewritten.front()),
            "nothing was lost, but look for what edits or removes them"};
  } catch (const Error& error) {
    return {"mirrors", State::warn, error.message(), error.next_step()};
  }
}

std::vector<Finding> file_findings(DataVersionManager& manager,
                                   const std::vector<DatasetVersion>& versions, VerifyLevel level,
                                   Progress& progress) {
  std::vector<Finding> findings;
  int64_t files = 0;
  int64_t bytes = 0;
  const auto reports = manager.verify(versions, level, progress);
  for (size_t i = 0; i < versions.size(); ++i) {
    const DatasetVersion& version = versions[i];
    const IntegrityReport& report = reports[i];
    if (report.verdict == Verdict::pass) {
      files += version.files;
      bytes += report.bytes;
      continue;
    }
    const std::string reference = fmt::format("{}@{}", version.dataset, version.version);
    findings.push_back(
        {fmt::format("files of {}", reference), report.passed() ? State::warn : State::fail,
         report.issues.empty()
             ? std::string(to_string(report.verdict))
             : fmt::format("{} findings, the first: {} {}", report.issues.size(),
                           report.issues.front().code, printable(report.issues.front().file)),
         fmt::format("`cairn verify {}` says where", reference)});
  }
  findings.push_back({"files", State::ok,
                      fmt::format("{} are as recorded, {} looked at, level {}", files,
                                  format_bytes(bytes), to_string(level)),
                      ""});
  return findings;
}

}  // namespace cairn::workspace
