#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <string>
#include <vector>

#include "cairn/checkpoint_manager.h"
#include "cairn/data_cache.h"
#include "cairn/data_lineage.h"
#include "cairn/workspace.h"

namespace cairn {

/// Cache, checkpoints and lineage of one store, in one: what one of them does is known to the
/// others.
///
/// Source   spec §3 PersistenceManager.
class PersistenceManager {
 public:
  /// Opens the store of the configuration, making it if there is none.
  explicit PersistenceManager(const PipelineConfig& config);
  explicit PersistenceManager(std::shared_ptr<store::Store> store);

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

  /// Save state and data of a process. Returns the checkpoint's id.
  std::string create_process_checkpoint(const std::string& process_name,
                                        const std::string& current_step,
                                        const std::vector<std::string>& completed_steps,
                                        std::shared_ptr<arrow::Table> data = nullptr,
                                        const Value::Map& additional_state = {});

  DataCache& cache() { return cache_; }
  CheckpointManager& checkpoint_manager() { return checkpoints_; }
  DataLineageTracker& lineage_tracker() { return lineage_; }

 private:
  std::shared_ptr<store::Store> store_;
  DataCache cache_;
  CheckpointManager checkpoints_;
  DataLineageTracker lineage_;
};

}  // namespace cairn
