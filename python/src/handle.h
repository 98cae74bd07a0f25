#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "bind.h"
#include "cairn/error.h"

namespace cairn::python {

/// What must be told in the child when this process forks. Made and destroyed with the GIL.
class ForkAware {
 public:
  ForkAware();
  virtual ~ForkAware();
  ForkAware(const ForkAware&) = delete;
  ForkAware& operator=(const ForkAware&) = delete;

  /// Called in the child while it has one thread.
  virtual void forked() = 0;
};

/// Something opened that does not outlive a fork: threads, connections and locks belong to the
/// process that made them. A child that uses its parent's handle opens the thing anew.
template <typename T>
class Handle final : public ForkAware {
 public:
  using Open = std::function<std::shared_ptr<T>()>;

  /// Opens at once, so that what is wrong is told where the handle is made.
  explicit Handle(Open open) : open_(std::move(open)) {
    const nb::gil_scoped_release released;
    opened_ = open_();
  }

  ~Handle() override {
    const nb::gil_scoped_release released;
    opened_.reset();
  }

  /// Effects  may open files and run SQL: called without the GIL.
  /// Errors   what opening throws; invalid_argument when closed.
  std::shared_ptr<T> get() {
    const std::lock_guard lock(*mutex_);
    if (!open_) {
      throw Error(ErrorKind::invalid_argument, "cannot use a store that was closed",
                  "open it again");
    }
    if (!opened_) opened_ = open_();
    return opened_;
  }

  void close() {
    const std::lock_guard lock(*mutex_);
    open_ = nullptr;
    opened_.reset();
  }

  // Leaks both: closing would wait for threads that do not exist here, and a thread of the parent
  // may have held the mutex.
  void forked() override {
    if (opened_) new std::shared_ptr<T>(std::move(opened_));
    opened_.reset();
    new std::unique_ptr<std::mutex>(std::move(mutex_));
    mutex_ = std::make_unique<std::mutex>();
  }

 private:
  std::unique_ptr<std::mutex> mutex_ = std::make_unique<std::mutex>();
  Open open_;
  std::shared_ptr<T> opened_;
};

}  // namespace cairn::python
