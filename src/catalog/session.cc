#include "catalog/session.h"

#include <fmt/format.h>
#include <pthread.h>

#include <set>

namespace cairn::catalog {

/// Knows every session of the process. Before a fork it waits until all are idle and closes their
/// connections; both processes open their own when they next need one. Otherwise the child would
/// count on file locks that only its parent has.
class ForkGuard {
 public:
  static ForkGuard& instance() {
    // Never destroyed: a fork may come later than the destructors of static objects.
    static auto* guard = new ForkGuard;
    return *guard;
  }

  void add(Session* session) {
    const std::lock_guard lock(mutex_);
    sessions_.insert(session);
  }

  void remove(Session* session) {
    const std::lock_guard lock(mutex_);
    sessions_.erase(session);
  }

 private:
  ForkGuard() {
    pthread_atfork([] { instance().before_fork(); }, [] { instance().after_fork(); },
                   [] { instance().after_fork(); });
  }

  void before_fork() {
    mutex_.lock();
    for (Session* session : sessions_) {
      session->mutex_.lock();
      session->connection_.reset();
    }
  }

  void after_fork() {
    for (Session* session : sessions_) session->mutex_.unlock();
    mutex_.unlock();
  }

  std::mutex mutex_;
  std::set<Session*> sessions_;
};

Session::Session(Connect connect, Opening opening) : connect_(std::move(connect)) {
  if (opening == Opening::now) connection_ = connect_();
  ForkGuard::instance().add(this);
}

Session::~Session() {
  ForkGuard::instance().remove(this);
}

bool Session::leaves_doubt(ErrorKind kind) {
  return kind == ErrorKind::io || kind == ErrorKind::no_space || kind == ErrorKind::corrupt ||
         kind == ErrorKind::commit_unknown || kind == ErrorKind::internal;
}

void Session::throw_unsettled(const Error& error, const std::string& what,
                              const std::string& next_step) {
  // These say for certain that nothing was stored.
  if (error.kind() == ErrorKind::conflict || error.kind() == ErrorKind::already_exists) throw error;
  throw Error(ErrorKind::commit_unknown,
              fmt::format("cannot tell whether {}: {}", what, error.message()), next_step);
}

}  // namespace cairn::catalog
