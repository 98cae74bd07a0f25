#pragma once

#include <arrow/type_fwd.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/at_fork.h"
#include "cairn/checkpoint_manager.h"
#include "catalog/checkpoint_rows.h"
#include "checkpoints/table_writer.h"
#include "engine/engine.h"
#include "io/file_lock.h"
#include "store/store.h"

namespace cairn::checkpoints {

/// What to save, as it was when the caller asked.
struct SaveRequest {
  std::string process;
  CheckpointNote note;
  std::string step;
  std::vector<std::string> completed_steps;
  std::string state_text;  // of state.json
  std::map<std::string, std::shared_ptr<arrow::Table>> tables;
  int64_t version_mark = 0;
};

/// The one writer of a process. Its lock is freed by the kernel when it dies; its epoch keeps it
/// from committing when somebody took the process over all the same. Not for two threads at once.
class ProcessWriter {
 public:
  /// Errors   conflict, naming who writes the process now.
  ProcessWriter(std::shared_ptr<store::Store> store, const std::string& process);

  /// Save in the steps of docs/durability.md:
  ///
  ///   announce -> stage and seal the files -> publish the folder -> commit -> remove old ones
  ///
  /// Leaving by an exception removes every trace, but where the outcome of the commit is unknown:
  /// the row then decides, at the next open.
  CheckpointInfo save(engine::Engine& engine, const SaveRequest& request,
                      const CheckpointPolicy& policy);

  /// Forget the rows of checkpoints that were removed, and let the process go.
  void release();

 private:
  void take_over(const std::string& process);
  void remember_newest();
  Metadata write_files(catalog::CheckpointRow& row, engine::Engine& engine,
                       const SaveRequest& request, SharedCheckpoint& written);
  void publish(const catalog::CheckpointRow& row);
  std::vector<std::string> removable(const catalog::CheckpointRow& newest,
                                     const CheckpointPolicy& policy);
  void remove(const std::vector<std::string>& ids);

  const std::shared_ptr<store::Store> store_;
  std::optional<io::FileLock> lock_;
  catalog::CheckpointClaim claim_;
  std::optional<SharedCheckpoint> before_;
  std::vector<std::string> gone_;  // removed, their rows not yet forgotten
  int64_t first_to_judge_ = 0;     // sequence; what is older stays for good,
  CheckpointPolicy judged_by_;     // as long as this policy holds
  // A child would share its parent's lock, and keep it after the parent's death.
  const AtFork at_fork_{[this] { lock_.reset(); }};
};

}  // namespace cairn::checkpoints
