#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "cairn/checkpoint_manager.h"
#include "cairn/data_cache.h"
#include "cairn/data_lineage.h"
#include "store/store.h"

namespace cairn::workspace {

/// Tells lineage what cache and checkpoints did: as part of the run that is on, or as runs of their
/// own. Those wait until a few dozen are together, so that a cache hit costs no commit; a crash
/// may lose the last of them. Safe for threads. Never throws but from `start` and `finish`.
class LineageCapture {
 public:
  explicit LineageCapture(const std::shared_ptr<store::Store>& store)
      : store_(store), tracker_(store) {}
  ~LineageCapture() { flush(); }
  LineageCapture(const LineageCapture&) = delete;
  LineageCapture& operator=(const LineageCapture&) = delete;

  LineageRun start(const std::string& job, const Value::Map& parameters,
                   const std::string& code_version);
  void finish(const std::string& error);
  std::optional<std::string> current_run() const;

  void result_kept(const CacheIdentity& identity, const CacheResult& result);
  void result_found(const CacheIdentity& identity, const CacheResult& result);
  void checkpoint_saved(const CheckpointInfo& checkpoint);
  void checkpoint_loaded(const CheckpointInfo& checkpoint);

  /// Record what waits.
  void flush();

  /// Why something could not be recorded, the last time; empty where all was.
  std::string failure() const;

 private:
  template <typename Work>
  void attempt(const Work& work);
  void take(LineageRun run);
  void record_waiting();

  mutable std::mutex mutex_;
  std::shared_ptr<store::Store> store_;
  DataLineageTracker tracker_;
  std::optional<std::string> current_;
  std::vector<LineageRun> waiting_;
  std::string failure_;
};

}  // namespace cairn::workspace
