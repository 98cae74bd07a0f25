#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>

#include "base/thread_pool.h"

namespace cairn::engine {

/// Tasks of one piece of work on a pool. The first exception stops the group: tasks that have not
/// begun are skipped.
class TaskGroup {
 public:
  explicit TaskGroup(ThreadPool& pool) : pool_(pool) {}
  ~TaskGroup() { wait(); }

  void run(std::function<void()> task);

  /// Throw what a task threw, if one did.
  void check();

  /// Wait for all tasks, then check().
  void finish();

  /// Whether no task is running or waiting to.
  bool idle();

  /// Have tasks that did not begin skipped, without an error.
  void stop();

 private:
  void wait();
  bool stopped();

  ThreadPool& pool_;
  std::mutex mutex_;
  std::condition_variable done_;
  int running_ = 0;
  bool stopped_ = false;
  std::exception_ptr error_;
};

}  // namespace cairn::engine
