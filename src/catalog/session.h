#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <type_traits>

#include "cairn/error.h"
#include "catalog/connection.h"

namespace cairn::catalog {

/// The one connection of a catalog: threads take turns at it, it is opened again after an error
/// that leaves its state in doubt, and none crosses fork(), which SQLite forbids.
class Session {
 public:
  using Connect = std::function<std::unique_ptr<Connection>()>;

  enum class Opening { now, when_used };

  explicit Session(Connect connect, Opening opening = Opening::now);
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

  /// The same, and all that it reads is of one moment; many small queries cost less so.
  template <typename Work>
  auto read(const Work& work) {
    return use([&](Connection& connection) {
      const Connection::Snapshot snapshot(connection);
      return work(connection);
    });
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

  /// The same where a COMMIT may fail that is stored, or may come back when the log is next
  /// recovered: `work` then runs once more on a fresh connection, and must see for itself whether
  /// it is done. `what` may have happened, for messages: "export 42 was published".
  ///
  /// Errors   commit_unknown when that cannot be found out either.
  template <typename Work>
  auto write_settled(const Work& work, const std::string& what, const std::string& next_step) {
    try {
      return write(work);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::commit_unknown) throw;
    }
    return settle([&] { return write(work); }, what, next_step);
  }

 private:
  friend class ForkGuard;

  static bool leaves_doubt(ErrorKind kind);
  [[noreturn]] static void throw_unsettled(const Error& error, const std::string& what,
                                           const std::string& next_step);

  template <typename Again>
  auto settle(const Again& again, const std::string& what, const std::string& next_step) {
    const auto consolidate = [this] {
      use([](Connection& connection) { connection.consolidate(); });
    };
    try {
      if constexpr (std::is_void_v<decltype(again())>) {
        again();
        consolidate();
      } else {
        auto result = again();
        consolidate();
        return result;
      }
    } catch (const Error& error) {
      throw_unsettled(error, what, next_step);
    }
  }

  Connect connect_;
  std::mutex mutex_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace cairn::catalog
