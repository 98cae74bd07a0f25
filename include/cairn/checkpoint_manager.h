#pragma once

#include <arrow/type_fwd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/checkpoint_info.h"
#include "cairn/config.h"
#include "cairn/format.h"
#include "cairn/value.h"

namespace cairn {

namespace store {
class Store;
}

/// What a process wants to find again after a crash.
struct CheckpointContent {
  std::string current_step;
  std::vector<std::string> completed_steps;
  Value::Map state;
  /// By name; the one named "data" is the spec's `data.parquet`.
  std::map<std::string, std::shared_ptr<arrow::Table>> tables;
};

/// What is said about a checkpoint beside its content.
struct CheckpointNote {
  std::string name;            // kept until it is removed by name; empty for none
  std::string schema_version;  // of the state, as the application counts
  std::string application_version;
};

/// A checkpoint that was loaded: its state and tables, each checked against its digest.
struct Checkpoint {
  CheckpointInfo info;
  CheckpointContent content;
};

/// What a checkpoint consists of, by its own description.
struct CheckpointDetails {
  struct Table {
    std::string name;
    int64_t rows = 0;
    int64_t columns = 0;
    std::string digest;  // cd1:…
  };
  struct File {
    std::string path;  // in its folder
    int64_t bytes = 0;
    bool shared = false;  // with another checkpoint, as it is now
  };

  CheckpointInfo info;
  std::string parent;  // id of the checkpoint before it; empty for the first
  std::filesystem::path folder;
  std::vector<Table> tables;
  std::vector<File> files;
};

/// What finding a checkpoint to go on from found on the way.
struct RecoveryReport {
  struct Skipped {
    CheckpointInfo checkpoint;
    std::string reason;
  };

  std::string chosen;            // id
  std::vector<Skipped> skipped;  // newer ones that cannot be used
  /// Versions published after the chosen checkpoint: the process may publish them again.
  std::vector<std::string> published_since;  // "orders@42"

  std::string to_json() const;
};

struct Recovery {
  Checkpoint checkpoint;
  RecoveryReport report;
};

/// Which checkpoints of a process stay: those that any rule keeps. The newest one that verifies,
/// and named ones, always do.
struct CheckpointPolicy {
  int64_t keep_last = 5;
  int64_t keep_every = 0;                            // each n-th by sequence, 0 for none
  std::optional<std::chrono::microseconds> max_age;  // older ones go, whatever keeps them
  std::optional<int64_t> max_bytes;                  // the oldest go until the rest fits

  bool operator==(const CheckpointPolicy&) const = default;
};

/// What cleaning up did, or with `dry_run` would do.
struct CheckpointRemoval {
  std::vector<CheckpointInfo> checkpoints;
  int64_t bytes = 0;  // that become free: files that others share do not count
  /// Damaged ones that are newer than the newest whole one: no longer in the way of load_latest,
  /// and kept under `.corrupt-{id}` until they are removed.
  std::vector<RecoveryReport::Skipped> set_aside;
};

/// Turns state that was saved under an older schema version into the next one.
using StateMigration = std::function<Value::Map(Value::Map)>;

/// Results that must not be forgotten: state and tables of a process, saved so that a crash at any
/// moment leaves the newest acknowledged one loadable.
///
/// Source   spec §3 CheckpointManager; design §11.
class CheckpointManager {
 public:
  explicit CheckpointManager(const PipelineConfig& config);
  explicit CheckpointManager(std::shared_ptr<store::Store> store);
  ~CheckpointManager();
  CheckpointManager(CheckpointManager&&) noexcept;
  CheckpointManager& operator=(CheckpointManager&&) noexcept;

  /// Save, durable when it returns. Tables that did not change since the checkpoint before share
  /// its files, column by column.
  ///
  /// Effects  this process becomes the one writer of `process`; older checkpoints are then removed
  ///          as the policy says.
  /// Errors   invalid_argument for state without an encoding; conflict when another writer lives or
  ///          took the process over; no_space, io.
  CheckpointInfo create_checkpoint(const std::string& process, const CheckpointContent& content,
                                   const CheckpointNote& note = {});

  /// The same, in the background: tables are immutable, so the caller goes on at once. One save at
  /// a time; while one runs, a newer request takes the place of the one that waits. An error is
  /// thrown by the next call for this process, by the future, and by close().
  std::shared_future<CheckpointInfo> create_checkpoint_async(const std::string& process,
                                                             const CheckpointContent& content,
                                                             const CheckpointNote& note = {});

  /// Errors   not_found; corrupt, naming the file, when it does not verify; unsupported for a state
  ///          of a schema version that no migration leads from.
  Checkpoint load_checkpoint(const std::string& id) const;

  /// Errors   not_found; corrupt when its metadata.json does not verify.
  CheckpointDetails describe(const std::string& id) const;

  /// Check every file of a checkpoint by size and checksum.
  ///
  /// Errors   not_found; corrupt, naming the file.
  void verify(const std::string& id) const;

  /// Write what was loaded into a folder that is new or empty: state.json, as a checkpoint has it,
  /// and a file for each table. Returns their paths.
  ///
  /// Errors   already_exists for a folder that holds anything; no_space, io.
  std::vector<std::filesystem::path> extract(const Checkpoint& checkpoint,
                                             const std::filesystem::path& folder,
                                             Format format) const;

  /// The newest checkpoint that verifies, at most three steps back, or nothing when the process
  /// never saved one.
  ///
  /// Errors   corrupt when there are checkpoints and none can be used: to start from scratch is the
  ///          caller's decision.
  std::optional<Recovery> load_latest(const std::string& process) const;

  /// Newest first; of one process, or of all when `process` is empty.
  std::vector<CheckpointInfo> list_checkpoints(const std::string& process = {}) const;

  /// What create_checkpoint removes, from now on.
  void set_policy(const CheckpointPolicy& policy);

  /// Remove what the policy does not keep, of one process or of all.
  CheckpointRemoval cleanup(const std::string& process, const CheckpointPolicy& policy,
                            bool dry_run = true);

  /// Remove one checkpoint, named or not.
  void remove(const std::string& id);

  /// Have states of schema version `from` turned into `to` when they are loaded.
  void add_migration(const std::string& from, const std::string& to, StateMigration migration);

  /// The schema version that loaded states are brought to; empty for whatever they have.
  void set_schema_version(const std::string& version);

  /// Wait for saves that run in the background, and let go of every process this manager writes.
  void close();

 private:
  class Implementation;

  std::unique_ptr<Implementation> implementation_;
};

}  // namespace cairn
