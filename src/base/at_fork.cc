#include "base/at_fork.h"

#include <pthread.h>

#include <mutex>
#include <set>
#include <utility>

namespace cairn {

/// Every AtFork of the process.
class ForkCalls {
 public:
  static ForkCalls& instance() {
    // Never destroyed: a fork may come later than the destructors of static objects.
    static auto* calls = new ForkCalls;
    return *calls;
  }

  void add(AtFork* call) {
    const std::lock_guard lock(mutex_);
    calls_.insert(call);
  }

  void remove(AtFork* call) {
    const std::lock_guard lock(mutex_);
    calls_.erase(call);
  }

 private:
  ForkCalls() {
    pthread_atfork([] { instance().mutex_.lock(); }, [] { instance().mutex_.unlock(); },
                   [] { instance().in_child(); });
  }

  void in_child() {
    for (AtFork* call : calls_) call->in_child_();
    mutex_.unlock();
  }

  std::mutex mutex_;
  std::set<AtFork*> calls_;
};

AtFork::AtFork(std::function<void()> in_child) : in_child_(std::move(in_child)) {
  ForkCalls::instance().add(this);
}

AtFork::~AtFork() {
  ForkCalls::instance().remove(this);
}

}  // namespace cairn
