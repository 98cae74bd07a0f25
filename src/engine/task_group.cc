#include "engine/task_group.h"

#include <utility>

namespace cairn::engine {

void TaskGroup::run(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    ++running_;
  }
  pool_.submit([this, task = std::move(task)]() mutable {
    std::exception_ptr error;
    try {
      if (!stopped()) task();
    } catch (...) {
      error = std::current_exception();
    }
    task = nullptr;  // what the task holds is let go before anyone is told that it is done
    const std::lock_guard lock(mutex_);
    if (error && !error_) error_ = error;
    if (error) stopped_ = true;
    if (--running_ == 0) done_.notify_all();
  });
}

void TaskGroup::check() {
  const std::lock_guard lock(mutex_);
  if (error_) std::rethrow_exception(error_);
}

void TaskGroup::finish() {
  wait();
  check();
}

void TaskGroup::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
}

bool TaskGroup::idle() {
  const std::lock_guard lock(mutex_);
  return running_ == 0;
}

void TaskGroup::wait() {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [this] { return running_ == 0; });
}

bool TaskGroup::stopped() {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

}  // namespace cairn::engine
