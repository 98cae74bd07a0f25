#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "cairn/checkpoint_info.h"

namespace cairn::catalog {

/// A process in the hands of one writer. The epoch fences: who holds an older one can commit
/// nothing.
struct CheckpointClaim {
  std::string process;
  std::string slug;
  int64_t epoch = 0;
};

/// A checkpoint, as the catalog keeps it.
struct CheckpointRow : CheckpointInfo {
  std::string metadata_sha256;  // of the bytes of its metadata.json
  int64_t version_mark = 0;     // CheckpointRows::version_mark() when it was asked for
};

/// A checkpoint that was announced and not committed, or removed while its files may still be
/// there.
struct UnfinishedCheckpoint {
  std::string id;
  std::string slug;  // of its process, whose lock tells whether a writer lives
  bool removed = false;
};

/// The checkpoints of a store: announced, then committed or forgotten; removed, then forgotten. A
/// row exists for as long as anything of the checkpoint may lie on disk. Safe to use from several
/// threads and processes; every change is one transaction, durable when the call returns.
///
/// Errors   as of Catalog.
class CheckpointRows {
 public:
  virtual ~CheckpointRows() = default;

  /// What stands for a process in paths, from its first checkpoint on.
  virtual std::string slug_of(std::string_view process) = 0;

  /// Make `holder` the writer of a process; only for who has its lock.
  virtual CheckpointClaim take_over(std::string_view process, std::string_view holder) = 0;

  /// Who took a process over last; empty where nobody did.
  virtual std::string holder_of(std::string_view process) = 0;

  /// Whether nobody else took the process over since.
  virtual bool is_in_force(const CheckpointClaim& claim) = 0;

  /// The row that exists before any file does: with process, epoch, the next sequence and the id.
  ///
  /// Errors   conflict when the claim is not in force.
  virtual CheckpointRow announce(const CheckpointClaim& claim, TimePoint created) = 0;

  /// Make an announced checkpoint the newest of its process, and in the same step take its name
  /// from the one that had it, mark `removed` ones, and forget those whose files are gone.
  ///
  /// Errors   conflict when the claim it was announced under is not in force; commit_unknown.
  virtual void commit(const CheckpointRow& row, const std::vector<std::string>& removed,
                      const std::vector<std::string>& gone) = 0;

  virtual std::optional<CheckpointRow> find(std::string_view id) = 0;

  /// Those that can be loaded, newest first, from `first_sequence` on; `limit` 0 for all.
  virtual std::vector<CheckpointRow> newest(std::string_view process, int64_t limit,
                                            int64_t first_sequence = 0) = 0;

  /// The same and those set aside; of every process when `process` is empty.
  virtual std::vector<CheckpointRow> list(std::string_view process) = 0;

  /// Processes that have any, in the order of their names.
  virtual std::vector<std::string> processes() = 0;

  virtual void set_aside(std::string_view id) = 0;
  virtual void mark_removed(const std::vector<std::string>& ids) = 0;

  /// Drop rows of checkpoints that are not committed and of which nothing is left on disk.
  virtual void forget(const std::vector<std::string>& ids) = 0;

  virtual std::vector<UnfinishedCheckpoint> unfinished() = 0;

  // Beside the versions of datasets, in the order of the catalog and not of any clock.

  /// A mark that all versions committed from now on lie behind.
  virtual int64_t version_mark() = 0;

  /// The versions behind a mark, as "orders@42", oldest first.
  virtual std::vector<std::string> published_since(int64_t mark) = 0;
};

}  // namespace cairn::catalog
