#include "checkpoints/process_writer.h"

#include <arrow/table.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/names.h"
#include "cairn/error.h"
#include "checkpoints/loading.h"
#include "checkpoints/retention.h"
#include "data/content_digest.h"
#include "io/file.h"
#include "io/folder.h"
#include "io/machine.h"
#include "store/checkpoint_sweep.h"

namespace cairn::checkpoints {
namespace {

namespace fs = std::filesystem;

// Takes an announced checkpoint back, unless it is settled.
class Announcement {
 public:
  Announcement(store::Store& store, std::string id) : store_(store), id_(std::move(id)) {}
  ~Announcement() {
    if (settled_) return;
    try {
      store::remove_checkpoint(store_.layout(), id_);
      store_.catalog().checkpoints().forget({id_});
    } catch (const Error&) {
      // The row is still there, so recovery does it at the next open.
    }
  }
  Announcement(const Announcement&) = delete;
  Announcement& operator=(const Announcement&) = delete;

  void settle() { settled_ = true; }

 private:
  store::Store& store_;
  const std::string id_;
  bool settled_ = false;
};

StoredFile write_document(const fs::path& folder, const std::string& name,
                          const std::string& text) {
  io::StagedFile staged(folder / fmt::format(".{}.tmp", name), folder / name, {.md5 = false});
  staged.write(text);
  io::SealedFile sealed = std::move(staged).seal();
  StoredFile file{name, sealed.bytes(), sealed.checksums().xxh3_128};
  std::move(sealed).publish();
  return file;
}

// One digest of all that a checkpoint keeps (docs/formats.md).
std::string digest_of(const Metadata& metadata, const std::string& state_text) {
  std::vector<std::pair<std::string, std::string>> roots;
  for (const StoredTable& table : metadata.tables) roots.emplace_back(table.name, table.digest);
  return "ck1:" + io::sha256_hex(data::digest_of_tables(roots) + "\n" + io::sha256_hex(state_text));
}

}  // namespace

ProcessWriter::ProcessWriter(std::shared_ptr<store::Store> store, const std::string& process)
    : store_(std::move(store)) {
  take_over(process);
  store::sweep_process(*store_, claim_.slug);
  remember_newest();
}

void ProcessWriter::take_over(const std::string& process) {
  catalog::CheckpointRows& rows = store_->catalog().checkpoints();
  const io::Layout& layout = store_->layout();
  const std::string slug = rows.slug_of(process);
  {
    // Who clears up after the dead holds their locks for a moment, and this one all the while.
    const auto sweeping = io::FileLock::acquire(layout.recovery_lock());
    lock_ = io::FileLock::try_acquire(layout.process_lock(slug));
  }
  if (!lock_)
    throw Error(ErrorKind::conflict,
                fmt::format("cannot write checkpoints of '{}': {} writes them", printable(process),
                            printable(rows.holder_of(process))),
                "wait for it to end, or give this process a name of its own");
  claim_ =
      rows.take_over(process, fmt::format("process {} on {}", io::process_id(), io::host_name()));
}

void ProcessWriter::remember_newest() {
  const auto newest = store_->catalog().checkpoints().newest(claim_.process, 1);
  if (newest.empty()) return;
  try {
    before_ = SharedCheckpoint{folder_of(store_->layout(), newest.front()),
                               metadata_of(store_->layout(), newest.front()),
                               {}};
  } catch (const Error&) {
    // Nothing is shared with what cannot be read; it is reported when it is loaded.
  }
}

CheckpointInfo ProcessWriter::save(engine::Engine& engine, const SaveRequest& request,
                                   const CheckpointPolicy& policy) {
  catalog::CheckpointRows& rows = store_->catalog().checkpoints();
  io::create_folders(store_->layout().checkpoints());
  catalog::CheckpointRow row = rows.announce(claim_, store_->now());
  Announcement announcement(*store_, row.id);
  SharedCheckpoint written;
  written.metadata = write_files(row, engine, request, written);
  publish(row);
  const auto removed = removable(row, policy);
  try {
    rows.commit(row, removed, gone_);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::commit_unknown) announcement.settle();
    throw;
  }
  announcement.settle();
  gone_.clear();
  written.folder = store_->layout().checkpoint(row.id);
  before_ = std::move(written);
  remove(removed);
  return row;
}

Metadata ProcessWriter::write_files(catalog::CheckpointRow& row, engine::Engine& engine,
                                    const SaveRequest& request, SharedCheckpoint& written) {
  row.step = request.step;
  row.completed_steps = request.completed_steps;
  row.name = request.note.name;
  row.schema_version = request.note.schema_version;
  row.application_version = request.note.application_version;
  row.version_mark = request.version_mark;

  const fs::path folder = store_->layout().staging_checkpoint(row.id);
  io::create_folder(folder);
  Metadata metadata;
  metadata.parent = before_ ? before_->metadata.info.id : "";
  metadata.version_mark = row.version_mark;
  metadata.state = write_document(folder, "state.json", request.state_text);
  TableWriter tables(engine, store_->config().parquet, row, folder, before_ ? &*before_ : nullptr,
                     store_->now());
  for (const auto& [name, table] : request.tables) {
    metadata.tables.push_back(tables.write(name, table));
    row.rows += table->num_rows();
  }
  row.digest = digest_of(metadata, request.state_text);
  metadata.info = row;
  const std::string text = to_text(metadata);
  row.metadata_sha256 = io::sha256_hex(text);
  const StoredFile self = write_document(folder, "metadata.json", text);
  for (const StoredFile& file : files_of(metadata)) row.bytes += file.bytes;
  row.bytes += self.bytes;
  row.new_bytes = tables.new_bytes() + metadata.state.bytes + self.bytes;
  for (const fs::path& touched : tables.folders())
    if (touched != folder) io::sync_folder(touched);
  io::sync_folder(folder);
  written.checked = tables.checked();
  return metadata;
}

void ProcessWriter::publish(const catalog::CheckpointRow& row) {
  const io::Layout& layout = store_->layout();
  // The commit asks again, and decides; this spares readers a folder that never becomes one.
  if (!store_->catalog().checkpoints().is_in_force(claim_))
    throw Error(ErrorKind::conflict,
                fmt::format("cannot save a checkpoint of '{}': another program has taken it over",
                            printable(claim_.process)),
                "let one program at a time write the checkpoints of a process");
  io::rename_folder(layout.staging_checkpoint(row.id), layout.checkpoint(row.id));
  io::sync_folder(layout.checkpoints());
}

std::vector<std::string> ProcessWriter::removable(const catalog::CheckpointRow& newest,
                                                  const CheckpointPolicy& policy) {
  if (policy != judged_by_) first_to_judge_ = 0;
  auto checkpoints = store_->catalog().checkpoints().newest(claim_.process, 0, first_to_judge_);
  checkpoints.insert(checkpoints.begin(), newest);
  DiskUse use(store_->layout());
  if (policy.max_bytes)
    for (const catalog::CheckpointRow& row : checkpoints) use.add(row);
  std::vector<std::string> ids;
  for (const auto& row : not_kept(checkpoints, policy, newest.id, newest.created, use))
    ids.push_back(row.id);
  judged_by_ = policy;
  // Next time only those are of interest that the rules may keep today because they are new.
  const auto still_new = std::min(checkpoints.size(), static_cast<size_t>(policy.keep_last));
  if (decides_for_good(policy) && still_new > 0)
    first_to_judge_ = checkpoints[still_new - 1].sequence;
  return ids;
}

void ProcessWriter::remove(const std::vector<std::string>& ids) {
  if (ids.empty()) return;
  try {
    store::remove_checkpoints(store_->layout(), ids);
    gone_ = ids;
  } catch (const Error&) {
    // They are marked as removed: the next open tries again. What was saved is saved.
  }
}

void ProcessWriter::release() {
  if (!lock_) return;
  if (!gone_.empty()) {
    io::sync_folder(store_->layout().checkpoints());
    store_->catalog().checkpoints().forget(gone_);
    gone_.clear();
  }
  std::move(*lock_).remove_and_release();
  lock_.reset();
}

}  // namespace cairn::checkpoints
