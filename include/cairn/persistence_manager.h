#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cairn/checkpoint_manager.h"
#include "cairn/data_cache.h"
#include "cairn/data_lineage.h"
#include "cairn/health.h"

namespace cairn {

/// What `gc` removed from cache and checkpoints, or with `dry_run` would remove.
struct PersistenceRemoval {
  CacheRemoval cache;
  CheckpointRemoval checkpoints;
};

/// Cache, checkpoints and lineage of one store, in one: what the first two do, the third knows.
///
/// Outside of a run each of these is a run of its own: a result that was kept, one that was found,
/// a checkpoint that was saved or gone on from. Between start_run and finish_run they are what that
/// run read and made. Lineage that cannot be recorded never fails the work; `status` tells of it.
///
/// Source   spec §3 PersistenceManager.
class PersistenceManager {
 public:
  /// Opens the store of the configuration, making it if there is none.
  explicit PersistenceManager(const PipelineConfig& config);
  explicit PersistenceManager(std::shared_ptr<store::Store> store);
  ~PersistenceManager();
  PersistenceManager(PersistenceManager&&) noexcept;
  PersistenceManager& operator=(PersistenceManager&&) noexcept;

  /// Keep an intermediate result. Returns its key.
  std::string cache_intermediate_result(std::shared_ptr<arrow::RecordBatchReader> data,
                                        const std::string& process_name,
                                        const std::string& step_name,
                                        const Value::Map& parameters = {},
                                        const std::vector<CacheInput>& inputs = {},
                                        const std::string& code_version = {});

  /// The result kept under the same words, or null.
  std::shared_ptr<arrow::Table> get_cached_result(const std::string& process_name,
                                                  const std::string& step_name,
                                                  const Value::Map& parameters = {},
                                                  const std::vector<CacheInput>& inputs = {},
                                                  const std::string& code_version = {});

  /// The same with all that a cache takes and tells. Effects and errors as DataCache's.
  CacheResult put(const CacheIdentity& identity, std::shared_ptr<arrow::RecordBatchReader> data,
                  const CacheEntryOptions& options = {});
  CacheResult get(const CacheIdentity& identity, const std::vector<std::string>& columns = {});
  CacheResult get_or_compute(const CacheIdentity& identity, const DataCache::Compute& compute,
                             const CacheEntryOptions& options = {});

  /// Save state and data of a process. Returns the checkpoint's id.
  std::string create_process_checkpoint(const std::string& process_name,
                                        const std::string& current_step,
                                        const std::vector<std::string>& completed_steps,
                                        std::shared_ptr<arrow::Table> data = nullptr,
                                        const Value::Map& additional_state = {});
  CheckpointInfo create_process_checkpoint(const std::string& process_name,
                                           const CheckpointContent& content,
                                           const CheckpointNote& note = {});

  /// The newest checkpoint of a process that verifies, or nothing. Errors as
  /// CheckpointManager::load_latest.
  std::optional<Recovery> resume_process(const std::string& process_name);

  /// Make all that follows part of one run, until finish_run.
  ///
  /// Errors   conflict while another run is on.
  LineageRun start_run(const std::string& job, const Value::Map& parameters = {},
                       const std::string& code_version = {});
  /// COMPLETE, or FAIL with an error.
  void finish_run(const std::string& error = {});
  /// The run that is on, for ExportNote::run; nothing where there is none.
  std::optional<std::string> current_run() const;

  /// What the store holds and how it is, told without reading data.
  StoreStatus status();

  /// Remove cache entries that are expired, damaged, stray or over the limit, and checkpoints that
  /// the policy does not keep.
  PersistenceRemoval gc(const CheckpointPolicy& policy = {}, bool dry_run = true);

  // Each alone. What is done here directly is not recorded in lineage.

  DataCache& cache();
  CheckpointManager& checkpoint_manager();
  DataLineageTracker& lineage_tracker();

 private:
  class Implementation;

  std::unique_ptr<Implementation> implementation_;
};

}  // namespace cairn
