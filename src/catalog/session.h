#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "cairn/error.h"
#include "catalog/connection.h"

namespace cairn::catalog {

/// The one connection of a catalog: threads take turns at it, it is opened again after an error
/// that leaves its state in doubt, and none crosses fork(), which SQLite forbids.
class Session {
 public:
  using Connect = std::function<std::unique_ptr<Connection>()>;

  explicit Session(Connect connect);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Run `work` with the connection, alone.
  template <typename Work>
  auto use(const Work& work) {
    const std::lock_guard turn(mutex_);
    try {
      if (connection_ == nullptr) connection_ = connect_();
      return work(*connection_);
    } catch (const Error& error) {
      if (leaves_doubt(error.kind())) connection_.reset();
      throw;
    }
  }

  /// The same in a transaction that ends with `work`: committed when it returns, undone when it
  /// throws.
  template <typename Work>
  auto write(const Work& work) {
    return use([&](Connection& connection) {
      Connection::Transaction transaction(connection);
      if constexpr (std::is_void_v<decltype(work(connection))>) {
        work(connection);
        transaction.commit();
      } else {
        auto result = work(connection);
        transaction.commit();
        return result;
      }
    });
  }

 private:
  friend class ForkGuard;

  static bool leaves_doubt(ErrorKind kind);

  Connect connect_;
  std::mutex mutex_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace cairn::catalog
