#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace cairn {

/// A fixed set of threads for our own work, never nested in Arrow's pool, whose tasks deadlock when
/// they wait on one another. Tasks must not throw and must not wait for other tasks.
///
/// Has fewer threads than asked for where the system gives no more.
///
/// Errors   unavailable where it gives none.
class ThreadPool {
 public:
  explicit ThreadPool(int threads);
  ~ThreadPool();  // runs what was submitted, then joins
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  void submit(std::function<void()> task);
  int size() const { return static_cast<int>(threads_.size()); }

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;
  bool closing_ = false;
  std::vector<std::jthread> threads_;
};

/// Start `work` on a thread of its own; where the system has none to give, it is done by whoever
/// asks for its result.
template <typename Work>
auto start_or_defer(const Work& work) {
  try {
    return std::async(std::launch::async, work);
  } catch (const std::system_error&) {
    return std::async(std::launch::deferred, work);
  }
}

}  // namespace cairn
