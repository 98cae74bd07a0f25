#include "engine/memory_budget.h"

#include <chrono>

namespace cairn::engine {

MemoryBudget::Reservation MemoryBudget::reserve(int64_t bytes,
                                                const std::function<void()>& while_waiting) {
  std::unique_lock lock(mutex_);
  const auto fits = [&] { return in_flight_ == 0 || in_flight_ + bytes <= limit_; };
  while (!freed_.wait_for(lock, std::chrono::milliseconds(100), fits)) {
    lock.unlock();
    while_waiting();
    lock.lock();
  }
  in_flight_ += bytes;
  return {nullptr, [self = shared_from_this(), bytes](void*) { self->release(bytes); }};
}

void MemoryBudget::release(int64_t bytes) {
  {
    const std::lock_guard lock(mutex_);
    in_flight_ -= bytes;
  }
  freed_.notify_all();
}

}  // namespace cairn::engine
