#include "checkpoints/loading.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/names.h"
#include "cairn/error.h"
#include "checkpoints/read_table.h"
#include "checkpoints/state_document.h"
#include "data/logical_type.h"
#include "engine/task_group.h"
#include "io/checksum.h"
#include "io/file.h"

namespace cairn::checkpoints {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMaxStepsBack = 3;
constexpr int64_t kMaxDocumentBytes = 16 << 20;

[[noreturn]] void damaged(const std::string& file, const std::string& why) {
  throw Error(ErrorKind::corrupt, fmt::format("its '{}' {}", printable(file), why),
              "load an older checkpoint");
}

// The file of a checkpoint, at least as large as it should be.
fs::path require_file(const fs::path& folder, const StoredFile& file) {
  const fs::path path = io::Layout::resolve_in(folder, file.path);
  if (!io::file_exists(path)) damaged(file.path, "is missing");
  const int64_t bytes = io::bytes_of_file(path);
  if (bytes != file.bytes)
    damaged(file.path, fmt::format("has {} bytes instead of {}", bytes, file.bytes));
  return path;
}

void check_file(const fs::path& folder, const StoredFile& file) {
  const fs::path path = require_file(folder, file);
  if (io::checksum_file(path, {.md5 = false}).xxh3_128 != file.xxh3_128)
    damaged(file.path, "does not have the checksum that was recorded");
}

std::string read_document(const fs::path& folder, const std::string& name) {
  const fs::path path = folder / name;
  if (!io::file_exists(path)) damaged(name, "is missing");
  if (io::bytes_of_file(path) > kMaxDocumentBytes) damaged(name, "is too large to be one");
  return io::read_file(path, kMaxDocumentBytes);
}

template <typename Work>
auto told_of(const catalog::CheckpointRow& row, const Work& work) {
  try {
    return work();
  } catch (const Error& error) {
    throw error.while_doing(fmt::format("cannot load checkpoint '{}'", printable(row.id)));
  }
}

[[noreturn]] void refuse_all(const std::string& process, const RecoveryReport& report, bool more) {
  std::string reasons;
  for (const RecoveryReport::Skipped& skipped : report.skipped)
    reasons +=
        fmt::format("{}{}: {}", reasons.empty() ? "" : "; ", skipped.checkpoint.id, skipped.reason);
  throw Error(ErrorKind::corrupt,
              fmt::format("none of the newest checkpoints of '{}' can be loaded: {}",
                          printable(process), reasons),
              more ? "load an older one by its id; to start from scratch, remove these"
                   : "to start from scratch, remove them");
}

}  // namespace

catalog::CheckpointRow existing_checkpoint(store::Store& store, const std::string& id) {
  auto row = store.catalog().checkpoints().find(id);
  if (!row)
    throw Error(ErrorKind::not_found, fmt::format("there is no checkpoint '{}'", printable(id)),
                "list the checkpoints to see their ids");
  return *std::move(row);
}

fs::path folder_of(const io::Layout& layout, const catalog::CheckpointRow& row) {
  const fs::path aside = layout.corrupt_checkpoint(row.id);
  return row.set_aside && io::file_exists(aside) ? aside : layout.checkpoint(row.id);
}

Metadata metadata_of(const io::Layout& layout, const catalog::CheckpointRow& row) {
  const std::string text = read_document(folder_of(layout, row), "metadata.json");
  if (io::sha256_hex(text) != row.metadata_sha256)
    damaged("metadata.json", "is not the one that was committed");
  return metadata_from(text);
}

CheckpointDetails describe(store::Store& store, const catalog::CheckpointRow& row) {
  return told_of(row, [&] {
    const Metadata metadata = metadata_of(store.layout(), row);
    CheckpointDetails details{row, metadata.parent, folder_of(store.layout(), row), {}, {}};
    for (const StoredTable& table : metadata.tables)
      details.tables.push_back(
          {table.name, table.rows, data::decode_schema(table.schema)->num_fields(), table.digest});
    auto files = files_of(metadata);
    files.push_back({"metadata.json", io::bytes_of_file(details.folder / "metadata.json"), ""});
    for (const StoredFile& file : files) {
      const fs::path path = io::Layout::resolve_in(details.folder, file.path);
      const bool shared = io::file_exists(path) && io::status_of_file(path).names > 1;
      details.files.push_back({file.path, file.bytes, shared});
    }
    return details;
  });
}

bool is_about_the_checkpoint(const Error& error) {
  switch (error.kind()) {
    case ErrorKind::corrupt:
    case ErrorKind::not_found:
    case ErrorKind::unsupported:
    case ErrorKind::io:
      return true;
    default:
      return false;
  }
}

Metadata Loader::verify(const catalog::CheckpointRow& row) const {
  Metadata metadata = metadata_of(store_.layout(), row);
  const fs::path folder = folder_of(store_.layout(), row);
  const auto files = files_of(metadata);
  engine::TaskGroup tasks(threads_);
  for (const StoredFile& file : files) tasks.run([&folder, &file] { check_file(folder, file); });
  tasks.finish();
  return metadata;
}

Checkpoint Loader::load(const catalog::CheckpointRow& row) const {
  return told_of(row, [&] {
    const Metadata metadata = verify(row);
    const fs::path folder = folder_of(store_.layout(), row);
    Checkpoint checkpoint{row, content_from_state(read_document(folder, metadata.state.path))};
    CheckpointContent& content = checkpoint.content;
    content.state = migrations_.bring(std::move(content.state), row.schema_version);
    for (const StoredTable& table : metadata.tables)
      content.tables.emplace(table.name, read_table(folder, table, threads_));
    return checkpoint;
  });
}

std::optional<Recovery> Loader::load_latest(const std::string& process) const {
  // A writer that goes on may remove what was just found to be the newest.
  for (;;) {
    bool outdated = false;
    auto recovery = try_latest(process, outdated);
    if (!outdated) return recovery;
  }
}

std::optional<Recovery> Loader::try_latest(const std::string& process, bool& outdated) const {
  catalog::CheckpointRows& rows = store_.catalog().checkpoints();
  // One more than may be tried, to know whether there are more.
  auto candidates = rows.newest(process, kMaxStepsBack + 2);
  const bool more = candidates.size() > kMaxStepsBack + 1;
  if (more) candidates.pop_back();
  Recovery recovery;
  for (const catalog::CheckpointRow& row : candidates) {
    try {
      recovery.checkpoint = load(row);
      recovery.report.chosen = row.id;
      recovery.report.published_since = rows.published_since(row.version_mark);
      return recovery;
    } catch (const Error& error) {
      if (!is_about_the_checkpoint(error)) throw;
      outdated = !rows.find(row.id);
      if (outdated) return std::nullopt;
      recovery.report.skipped.push_back({row, error.message()});
    }
  }
  if (candidates.empty()) {
    const auto aside = rows.list(process);
    if (aside.empty()) return std::nullopt;
    for (const catalog::CheckpointRow& row : aside)
      recovery.report.skipped.push_back({row, "it was found damaged and set aside"});
  }
  refuse_all(process, recovery.report, more);
}

}  // namespace cairn::checkpoints
