#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/thread_pool.h"
#include "cairn/checkpoint_manager.h"
#include "catalog/checkpoint_rows.h"
#include "checkpoints/metadata.h"
#include "checkpoints/state_migrations.h"
#include "store/store.h"

namespace cairn::checkpoints {

/// Reads checkpoints, and believes none of their bytes before they were held against what was
/// recorded. Writes nothing.
class Loader {
 public:
  Loader(store::Store& store, ThreadPool& threads, const StateMigrations& migrations)
      : store_(store), threads_(threads), migrations_(migrations) {}

  /// Check every file of a checkpoint by size and checksum.
  ///
  /// Errors   corrupt, naming the file.
  Metadata verify(const catalog::CheckpointRow& row) const;

  Checkpoint load(const catalog::CheckpointRow& row) const;

  std::optional<Recovery> load_latest(const std::string& process) const;

 private:
  std::optional<Recovery> try_latest(const std::string& process, bool& outdated) const;

  store::Store& store_;
  ThreadPool& threads_;
  const StateMigrations& migrations_;
};

/// The row of a checkpoint. Errors: not_found.
catalog::CheckpointRow existing_checkpoint(store::Store& store, const std::string& id);

/// Where a checkpoint lies now.
std::filesystem::path folder_of(const io::Layout& layout, const catalog::CheckpointRow& row);

/// What its metadata.json says, when that is the one the catalog has the hash of.
///
/// Errors   corrupt, unsupported for a newer format.
Metadata metadata_of(const io::Layout& layout, const catalog::CheckpointRow& row);

CheckpointDetails describe(store::Store& store, const catalog::CheckpointRow& row);

/// Whether an error is about the checkpoint that was looked at, so that another one may do.
bool is_about_the_checkpoint(const Error& error);

}  // namespace cairn::checkpoints
