#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cairn/error.h"

namespace cairn::catalog {

/// A parameter that is not text.
struct Bytes {
  std::string_view data;
};

/// What takes the place of a `?`: NULL, an integer, text or bytes.
using Value = std::variant<std::monostate, int64_t, std::string_view, Bytes>;
using Values = std::initializer_list<Value>;

/// The rows of a query, one at a time; columns count from 0. A column that does not hold what the
/// schema says it holds is damage: corrupt.
class Rows {
 public:
  virtual ~Rows() = default;

  virtual bool next() = 0;
  virtual int64_t integer(int column) const = 0;
  virtual std::string text(int column) const = 0;
  virtual std::string bytes(int column) const = 0;
};

/// One conversation with an SQL engine. What engines disagree on stays behind it, so that every
/// statement of the catalog is written once, for SQLite and PostgreSQL alike.
class Connection {
 public:
  class Transaction;
  class Snapshot;

  /// The words of a column definition that engines spell differently.
  struct Dialect {
    std::string_view identity;  // a key that numbers itself
    std::string_view bytes;
    std::string_view
        clustered;  // at the end of a table: kept in the order of its key, nothing else
  };

  virtual ~Connection() = default;

  /// Prepared once for each text. A text may run again when its earlier rows are gone.
  virtual std::unique_ptr<Rows> query(std::string_view sql, Values parameters) = 0;

  /// Returns how many rows changed.
  virtual int64_t execute(std::string_view sql, Values parameters) = 0;

  /// Several statements without parameters.
  virtual void run_script(const std::string& script) = 0;

  /// Shut out every other writer until the transaction ends. Errors: busy.
  Transaction begin_write();

  virtual Dialect dialect() const = 0;

  /// Store once more, by other means, what a commit may have failed to make durable.
  virtual void consolidate() = 0;

  /// Damage that the engine finds in a full check of its own, one line each.
  virtual std::vector<std::string> check_health() = 0;

 protected:
  virtual void begin() = 0;
  virtual void commit() = 0;
  virtual void rollback() noexcept = 0;
};

/// Undone by its destructor unless committed.
class Connection::Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(&connection) { connection.begin(); }
  ~Transaction() {
    if (connection_ != nullptr) connection_->rollback();
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  /// Durable when it returns.
  ///
  /// Errors   commit_unknown when it may be stored or not; any other kind when it certainly is not.
  void commit() {
    connection_->commit();
    connection_ = nullptr;
  }

 private:
  Connection* connection_;
};

/// While one lives, queries see one state of the database, and need not ask for it each time.
class Connection::Snapshot {
 public:
  explicit Snapshot(Connection& connection) : connection_(connection) {
    connection_.execute("BEGIN", {});
  }
  ~Snapshot() {
    try {
      connection_.execute("COMMIT", {});
    } catch (const Error&) {
      connection_.rollback();
    }
  }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  Connection& connection_;
};

inline Connection::Transaction Connection::begin_write() {
  return Transaction(*this);
}

}  // namespace cairn::catalog
