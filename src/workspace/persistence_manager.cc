#include "cairn/persistence_manager.h"

#include <utility>

#include "store/store.h"
#include "workspace/lineage_capture.h"
#include "workspace/store_status.h"

namespace cairn {

class PersistenceManager::Implementation {
 public:
  explicit Implementation(const std::shared_ptr<store::Store>& opened)
      : store(opened),
        cache(opened->config()),
        checkpoints(opened),
        lineage(opened),
        capture(opened) {}

  const std::shared_ptr<store::Store> store;
  DataCache cache;
  CheckpointManager checkpoints;
  DataLineageTracker lineage;
  workspace::LineageCapture capture;
};

PersistenceManager::PersistenceManager(const PipelineConfig& config)
    : PersistenceManager(store::Store::open(config, store::Store::Mode::create)) {}

PersistenceManager::PersistenceManager(std::shared_ptr<store::Store> store)
    : implementation_(std::make_unique<Implementation>(store)) {}

PersistenceManager::~PersistenceManager() = default;
PersistenceManager::PersistenceManager(PersistenceManager&&) noexcept = default;
PersistenceManager& PersistenceManager::operator=(PersistenceManager&&) noexcept = default;

std::string PersistenceManager::cache_intermediate_result(
    std::shared_ptr<arrow::RecordBatchReader> data, const std::string& process_name,
    const std::string& step_name, const Value::Map& parameters,
    const std::vector<CacheInput>& inputs, const std::string& code_version) {
  return put({process_name, step_name, parameters, inputs, code_version}, std::move(data)).key;
}

std::shared_ptr<arrow::Table> PersistenceManager::get_cached_result(
    const std::string& process_name, const std::string& step_name, const Value::Map& parameters,
    const std::vector<CacheInput>& inputs, const std::string& code_version) {
  return get({process_name, step_name, parameters, inputs, code_version}).table;
}

CacheResult PersistenceManager::put(const CacheIdentity& identity,
                                    std::shared_ptr<arrow::RecordBatchReader> data,
                                    const CacheEntryOptions& options) {
  CacheResult result = cache().put(identity, std::move(data), options);
  if (result.hit()) implementation_->capture.result_kept(identity, result);
  return result;
}

CacheResult PersistenceManager::get(const CacheIdentity& identity,
                                    const std::vector<std::string>& columns) {
  CacheResult result = cache().get(identity, columns);
  if (result.hit()) implementation_->capture.result_found(identity, result);
  return result;
}

CacheResult PersistenceManager::get_or_compute(const CacheIdentity& identity,
                                               const DataCache::Compute& compute,
                                               const CacheEntryOptions& options) {
  CacheResult result = cache().get_or_compute(identity, compute, options);
  if (result.hit()) {
    implementation_->capture.result_found(identity, result);
  } else {
    implementation_->capture.result_kept(identity, result);
  }
  return result;
}

std::string PersistenceManager::create_process_checkpoint(
    const std::string& process_name, const std::string& current_step,
    const std::vector<std::string>& completed_steps, std::shared_ptr<arrow::Table> data,
    const Value::Map& additional_state) {
  CheckpointContent content{current_step, completed_steps, additional_state, {}};
  if (data != nullptr) content.tables.emplace("data", std::move(data));
  return create_process_checkpoint(process_name, content).id;
}

CheckpointInfo PersistenceManager::create_process_checkpoint(const std::string& process_name,
                                                             const CheckpointContent& content,
                                                             const CheckpointNote& note) {
  CheckpointInfo saved = checkpoint_manager().create_checkpoint(process_name, content, note);
  implementation_->capture.checkpoint_saved(saved);
  return saved;
}

std::optional<Recovery> PersistenceManager::resume_process(const std::string& process_name) {
  auto recovery = checkpoint_manager().load_latest(process_name);
  if (recovery) implementation_->capture.checkpoint_loaded(recovery->checkpoint.info);
  return recovery;
}

LineageRun PersistenceManager::start_run(const std::string& job, const Value::Map& parameters,
                                         const std::string& code_version) {
  return implementation_->capture.start(job, parameters, code_version);
}

void PersistenceManager::finish_run(const std::string& error) {
  implementation_->capture.finish(error);
}

std::optional<std::string> PersistenceManager::current_run() const {
  return implementation_->capture.current_run();
}

StoreStatus PersistenceManager::status() {
  implementation_->capture.flush();
  return workspace::measure_status(*implementation_->store, implementation_->cache,
                                   implementation_->capture.failure());
}

PersistenceRemoval PersistenceManager::gc(const CheckpointPolicy& policy, bool dry_run) {
  return {cache().gc(dry_run), checkpoint_manager().cleanup({}, policy, dry_run)};
}

DataCache& PersistenceManager::cache() {
  return implementation_->cache;
}

CheckpointManager& PersistenceManager::checkpoint_manager() {
  return implementation_->checkpoints;
}

DataLineageTracker& PersistenceManager::lineage_tracker() {
  implementation_->capture.flush();
  return implementation_->lineage;
}

}  // namespace cairn
