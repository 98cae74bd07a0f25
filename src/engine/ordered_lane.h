#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

namespace cairn::engine {

/// Hands items that are finished in any order on to one consumer in the order of their numbers: 0,
/// 1, 2, … The thread that brings the next one runs the consumer, for it and for all that wait
/// behind it; the others go back to work.
template <typename Item>
class OrderedLane {
 public:
  explicit OrderedLane(std::function<void(Item)> consume) : consume_(std::move(consume)) {}

  /// An exception of the consumer leaves through the thread that ran it; later items are then kept
  /// and never consumed.
  void bring(int64_t number, Item item) {
    std::unique_lock lock(mutex_);
    waiting_.emplace(number, std::move(item));
    if (running_) return;
    running_ = true;
    while (!waiting_.empty() && waiting_.begin()->first == next_) {
      Item ready = std::move(waiting_.begin()->second);
      waiting_.erase(waiting_.begin());
      ++next_;
      lock.unlock();
      consume_(std::move(ready));
      lock.lock();
    }
    running_ = false;
  }

 private:
  const std::function<void(Item)> consume_;
  std::mutex mutex_;
  std::map<int64_t, Item> waiting_;
  int64_t next_ = 0;
  bool running_ = false;
};

}  // namespace cairn::engine
