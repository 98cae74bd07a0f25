#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "checkpoints/process_writer.h"

namespace cairn::checkpoints {

/// Saves that run while those who asked for them go on: one at a time, in a thread of their own. Of
/// one process at most one save waits, the newest; who asked for an older one gets what became of
/// the newer. Saves with a name all have their turn.
class BackgroundSaves {
 public:
  using Save = std::function<CheckpointInfo(const SaveRequest&)>;

  explicit BackgroundSaves(Save save) : save_(std::move(save)) {}
  ~BackgroundSaves();  // runs what waits, then joins
  BackgroundSaves(const BackgroundSaves&) = delete;
  BackgroundSaves& operator=(const BackgroundSaves&) = delete;

  std::shared_future<CheckpointInfo> add(SaveRequest request);

  /// Wait until none of a process runs or waits, or of any where it is empty.
  void wait(const std::string& process);

  /// Throw what a save of a process, or of any where it is empty, failed with and nobody was told
  /// of here; once.
  void throw_error(const std::string& process);

 private:
  struct Waiting {
    SaveRequest request;
    std::promise<CheckpointInfo> promise;
    std::shared_future<CheckpointInfo> result;
  };

  bool is_busy_with(const std::string& process) const;
  void run();
  void carry_out(Waiting& waiting);

  const Save save_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> waiting_;
  std::string running_;  // process; names are never empty
  std::map<std::string, std::exception_ptr> errors_;
  bool closing_ = false;
  std::thread thread_;
};

}  // namespace cairn::checkpoints
