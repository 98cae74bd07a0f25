#pragma once

#include <memory>
#include <string>
#include <vector>

#include "catalog/rows.h"
#include "io/staged_file.h"
#include "store/store.h"

namespace cairn::store {

/// One export on its way to becoming visible, step by step as docs/durability.md has it:
///
///   announce (constructor) -> stage -> seal -> publish -> commit
///
/// Until commit() returns nothing is visible, and leaving by an exception removes every trace.
/// After a commit whose outcome could not be learnt nothing is removed: the row decides, at the
/// next open.
class Publication {
 public:
  /// Announce an export that will make `files`, paths relative to the output folder.
  Publication(std::shared_ptr<Store> store, const Uuid& id, const std::string& dataset,
              TimePoint started, const std::vector<std::string>& files);
  ~Publication();
  Publication(const Publication&) = delete;
  Publication& operator=(const Publication&) = delete;

  /// Create one of the announced files, unseen beside its final place.
  io::StagedFile stage(const std::string& file, io::ChecksumChoice checksums);

  /// Give all files their final names, and make those names durable.
  void publish(std::vector<io::SealedFile> files);

  /// Make the draft the newest version of its dataset.
  DatasetVersion commit(const catalog::VersionDraft& draft);

 private:
  const std::shared_ptr<Store> store_;
  const std::string uuid_;
  catalog::UnfinishedExport announced_;
  bool settled_ = false;  // committed, or of unknown outcome: not ours to undo
};

/// Take an unfinished export away from its writer, remove its files, then its row. Nothing happens
/// to one that is committed.
void sweep(Store& store, const catalog::UnfinishedExport& unfinished);

}  // namespace cairn::store
