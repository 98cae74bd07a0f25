#include "base/thread_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "cairn/error.h"

namespace cairn {

ThreadPool::ThreadPool(int threads) {
  try {
    for (int i = 0; i < std::max(threads, 1); ++i) threads_.emplace_back([this] { run(); });
  } catch (const std::system_error& error) {
    // Those that did start do all the work.
    if (!threads_.empty()) return;
    throw Error(ErrorKind::unavailable, fmt::format("cannot start a thread: {}", error.what()),
                "end other programs, or raise the limits on processes and memory (ulimit -u, -v)");
  }
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_all();
  threads_.clear();
}

void ThreadPool::submit(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  wake_.notify_one();
}

void ThreadPool::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return closing_ || !tasks_.empty(); });
    if (tasks_.empty()) return;
    const auto task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    lock.lock();
  }
}

}  // namespace cairn
