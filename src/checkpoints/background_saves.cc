#include "checkpoints/background_saves.h"

#include <algorithm>
#include <utility>

namespace cairn::checkpoints {

BackgroundSaves::~BackgroundSaves() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::shared_future<CheckpointInfo> BackgroundSaves::add(SaveRequest request) {
  const std::lock_guard lock(mutex_);
  const auto same = std::find_if(waiting_.rbegin(), waiting_.rend(), [&](const Waiting& other) {
    return other.request.process == request.process;
  });
  if (same != waiting_.rend() && same->request.note.name.empty()) {
    same->request = std::move(request);
    return same->result;
  }
  Waiting& added = waiting_.emplace_back();
  added.request = std::move(request);
  added.result = added.promise.get_future().share();
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  changed_.notify_all();
  return added.result;
}

bool BackgroundSaves::is_busy_with(const std::string& process) const {
  if (process.empty()) return !running_.empty() || !waiting_.empty();
  return running_ == process ||
         std::any_of(waiting_.begin(), waiting_.end(),
                     [&](const Waiting& other) { return other.request.process == process; });
}

void BackgroundSaves::wait(const std::string& process) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !is_busy_with(process); });
}

void BackgroundSaves::throw_error(const std::string& process) {
  const std::lock_guard lock(mutex_);
  const auto found = process.empty() ? errors_.begin() : errors_.find(process);
  if (found == errors_.end()) return;
  const std::exception_ptr error = found->second;
  errors_.erase(found);
  std::rethrow_exception(error);
}

void BackgroundSaves::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    running_ = next.request.process;
    lock.unlock();
    carry_out(next);
    lock.lock();
    running_.clear();
    changed_.notify_all();
  }
}

void BackgroundSaves::carry_out(Waiting& waiting) {
  const std::string process = waiting.request.process;
  try {
    CheckpointInfo saved = save_(waiting.request);
    waiting.request = {};  // tables are let go before anyone is told that they were saved
    waiting.promise.set_value(std::move(saved));
  } catch (...) {
    {
      const std::lock_guard lock(mutex_);
      errors_[process] = std::current_exception();
    }
    waiting.promise.set_exception(std::current_exception());
  }
}

}  // namespace cairn::checkpoints
