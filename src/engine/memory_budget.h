#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>

namespace cairn::engine {

/// The one place where back-pressure is decided: how many bytes of rows, and of what is made of
/// them, are in flight. A source asks before it hands rows on, and waits while too much is under
/// way.
class MemoryBudget : public std::enable_shared_from_this<MemoryBudget> {
 public:
  explicit MemoryBudget(int64_t limit_bytes) : limit_(limit_bytes) {}

  /// Bytes held until the last copy is gone.
  using Reservation = std::shared_ptr<void>;

  /// Wait until `bytes` fit, or nothing else is in flight: one piece larger than the budget still
  /// has to pass. `while_waiting` is called several times a second and may throw.
  Reservation reserve(int64_t bytes, const std::function<void()>& while_waiting);

  int64_t limit() const { return limit_; }

 private:
  void release(int64_t bytes);

  const int64_t limit_;
  std::mutex mutex_;
  std::condition_variable freed_;
  int64_t in_flight_ = 0;
};

}  // namespace cairn::engine
