#pragma once

#include <functional>

namespace cairn {

/// Something to do in the child of every fork() while this object lives: give up what only the
/// parent may have. The child runs it before anything else, in the one thread that it has.
class AtFork {
 public:
  explicit AtFork(std::function<void()> in_child);
  ~AtFork();
  AtFork(const AtFork&) = delete;
  AtFork& operator=(const AtFork&) = delete;

 private:
  friend class ForkCalls;

  std::function<void()> in_child_;
};

}  // namespace cairn
