#include "catalog/sqlite_connection.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <unordered_map>

#include "base/names.h"
#include "catalog/sqlite_error.h"
#include "catalog/write_ahead_log.h"
#include "io/file.h"
#include "io/file_lock.h"
#include "io/machine.h"

namespace cairn::catalog {

namespace fs = std::filesystem;

namespace {

constexpr int kWalPagesBeforeCheckpoint = 1024;  // 4 MiB
constexpr int kFirstWithoutWalResetBug = 3051003;

// Text to look statements up by, without copying it into a key first.
struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

struct Prepared {
  SQLite::Statement statement;
  bool in_use = false;
};

void bind(SQLite::Statement& statement, Values parameters) {
  int index = 0;
  for (const Value& value : parameters) {
    ++index;
    if (const auto* number = std::get_if<int64_t>(&value)) {
      statement.bind(index, *number);
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
      statement.bind(index, std::string(*text));
    } else if (const auto* bytes = std::get_if<Bytes>(&value)) {
      statement.bind(index, bytes->data.data(), static_cast<int>(bytes->data.size()));
    } else {
      statement.bind(index);
    }
  }
}

// Rows read from a cached statement, which is free again when they are gone: an open one would keep
// its snapshot, and so the log, from being cleaned up.
class SqliteRows final : public Rows {
 public:
  SqliteRows(Prepared& prepared, const fs::path& file) : prepared_(prepared), file_(file) {
    prepared_.in_use = true;
  }
  ~SqliteRows() override {
    prepared_.statement.tryReset();
    prepared_.in_use = false;
  }
  SqliteRows(const SqliteRows&) = delete;
  SqliteRows& operator=(const SqliteRows&) = delete;

  bool next() override {
    try {
      return prepared_.statement.executeStep();
    } catch (const SQLite::Exception& error) {
      throw sqlite_error(error, file_);
    }
  }

  int64_t integer(int column) const override {
    const SQLite::Column value = prepared_.statement.getColumn(column);
    if (!value.isInteger()) throw unexpected(value, "an integer");
    return value.getInt64();
  }

  std::string text(int column) const override {
    const SQLite::Column value = prepared_.statement.getColumn(column);
    if (!value.isText()) throw unexpected(value, "text");
    return value.getString();
  }

  std::string bytes(int column) const override {
    const SQLite::Column value = prepared_.statement.getColumn(column);
    if (!value.isBlob()) throw unexpected(value, "bytes");
    return value.getString();
  }

 private:
  Error unexpected(const SQLite::Column& value, std::string_view wanted) const {
    return damaged(file_, fmt::format("a field '{}' is not {}", value.getName(), wanted));
  }

  Prepared& prepared_;
  const fs::path& file_;
};

class SqliteConnection final : public Connection {
 public:
  SqliteConnection(const Catalog::Location& location, Journal journal, Care care);

  std::unique_ptr<Rows> query(std::string_view sql, Values parameters) override;
  int64_t execute(std::string_view sql, Values parameters) override;
  void run_script(const std::string& script) override;
  Dialect dialect() const override { return {"INTEGER PRIMARY KEY", "BLOB", "WITHOUT ROWID"}; }
  void consolidate() override;
  std::vector<std::string> check_health() override;

 protected:
  void begin() override;
  void commit() override;
  void rollback() noexcept override;

 private:
  Prepared& prepare(std::string_view sql);
  void configure();
  void choose_journal(Journal journal);
  void guard_checkpoints();
  io::FileLock wait_for_writers() const;
  void checkpoint_grown_log();

  fs::path file_;
  fs::path writer_lock_;
  Care care_;
  std::unique_ptr<SQLite::Database> database_;
  std::unordered_map<std::string, Prepared, TextHash, std::equal_to<>> statements_;
  std::optional<io::FileLock> held_;  // while writing, where checkpoints are ours to run
  bool guarded_;
  int wal_pages_ = 0;
};

SqliteConnection::SqliteConnection(const Catalog::Location& location, Journal journal, Care care)
    : file_(fs::absolute(location.file)),
      writer_lock_(location.writer_lock),
      care_(care),
      // One that may be thrown away is replaced under the lock, so that every writer has to hold it.
      guarded_(!care.durable) {
  // Two processes that switch a new database to its journal at once would disturb each other.
  const io::FileLock lock = wait_for_writers();
  require_intact_log(file_);
  try {
    errno = 0;
    // The path is absolute, so that none can be taken for ":memory:" or a URI.
    database_ = std::make_unique<SQLite::Database>(
        file_.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX,
        static_cast<int>(care_.patience.count()));
    configure();
    choose_journal(journal);
    if (journal == Journal::write_ahead) guard_checkpoints();
  } catch (const SQLite::Exception& error) {
    throw sqlite_error(error, file_);
  }
  // SQLite ignores a failure to make the names of new files durable; by now both the database and
  // its log exist.
  if (care_.durable) io::sync_folder(file_.parent_path());
}

// A catalog may come from anywhere: nothing in its schema may run code, and its pages are checked.
void SqliteConnection::configure() {
  sqlite3* handle = database_->getHandle();
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  database_->exec(
      "PRAGMA trusted_schema = OFF;"
      "PRAGMA cell_size_check = ON;"
      "PRAGMA mmap_size = 0;"
      "PRAGMA temp_store = MEMORY;"
      "PRAGMA foreign_keys = ON;");
}

void SqliteConnection::choose_journal(Journal journal) {
  const bool ahead = journal == Journal::write_ahead;
  const std::string wanted = ahead ? "wal" : "delete";
  const std::string chosen = database_->execAndGet("PRAGMA journal_mode = " + wanted).getString();
  if (chosen != wanted) {
    throw Error(ErrorKind::io,
                fmt::format("cannot keep the catalog '{}' with the journal '{}': SQLite chose '{}'",
                            printable(file_.native()), wanted, chosen));
  }
  if (!care_.durable) {
    database_->exec("PRAGMA synchronous = OFF");
  } else {
    database_->exec(ahead ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = EXTRA");
  }
  database_->execAndGet("SELECT count(*) FROM sqlite_master");  // opens the log
}

// Before 3.51.3 a checkpoint that races a writer can lose committed pages (the WAL-reset bug), so
// neither happens without our lock. The log outlives its connections everywhere: deleting it at the
// end of one process would race the start of the next.
void SqliteConnection::guard_checkpoints() {
  sqlite3* handle = database_->getHandle();
  int persist = 1;
  sqlite3_file_control(handle, "main", SQLITE_FCNTL_PERSIST_WAL, &persist);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  guarded_ = guarded_ || sqlite3_libversion_number() < kFirstWithoutWalResetBug;
  if (!guarded_) return;
  database_->exec("PRAGMA wal_autocheckpoint = 0");
  const auto remember_pages = [](void* pages, sqlite3*, const char*, int count) {
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(handle, remember_pages, &wal_pages_);
}

io::FileLock SqliteConnection::wait_for_writers() const {
  try {
    return io::FileLock::acquire(writer_lock_, care_.patience);
  } catch (const Error& error) {
    throw error.while_doing(
        fmt::format("wait for a turn at the catalog '{}'", printable(file_.native())));
  }
}

Prepared& SqliteConnection::prepare(std::string_view sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    const std::string text(sql);
    found = statements_.emplace(text, Prepared{SQLite::Statement(*database_, text)}).first;
  }
  if (found->second.in_use)
    throw Error(ErrorKind::internal, fmt::format("a statement runs inside itself: {}", sql));
  return found->second;
}

std::unique_ptr<Rows> SqliteConnection::query(std::string_view sql, Values parameters) {
  try {
    Prepared& prepared = prepare(sql);
    bind(prepared.statement, parameters);
    return std::make_unique<SqliteRows>(prepared, file_);
  } catch (const SQLite::Exception& error) {
    throw sqlite_error(error, file_);
  }
}

int64_t SqliteConnection::execute(std::string_view sql, Values parameters) {
  const auto rows = query(sql, parameters);
  while (rows->next()) {
  }
  return database_->getChanges();
}

void SqliteConnection::run_script(const std::string& script) {
  try {
    database_->exec(script);
  } catch (const SQLite::Exception& error) {
    throw sqlite_error(error, file_);
  }
}

void SqliteConnection::begin() {
  if (guarded_) held_ = wait_for_writers();
  try {
    execute("BEGIN IMMEDIATE", {});
  } catch (const Error&) {
    held_.reset();
    throw;
  }
}

void SqliteConnection::commit() {
  try {
    Prepared& prepared = prepare("COMMIT");
    const SqliteRows rows(prepared, file_);
    prepared.statement.executeStep();
  } catch (const SQLite::Exception& error) {
    throw sqlite_commit_error(error, file_);
  }
  checkpoint_grown_log();
  held_.reset();
}

void SqliteConnection::rollback() noexcept {
  if (sqlite3_get_autocommit(database_->getHandle()) == 0) database_->tryExec("ROLLBACK");
  held_.reset();
}

// The commit before it is durable already, so that a failure here is nobody's: the log stays, and
// the next commit tries again.
void SqliteConnection::checkpoint_grown_log() {
  if (!guarded_ || wal_pages_ < kWalPagesBeforeCheckpoint) return;
  sqlite3_wal_checkpoint_v2(database_->getHandle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr,
                            nullptr);
}

// A failed fsync must not be repeated: the kernel may call pages clean that never reached the disk.
// Moving the log into the database writes them anew, to a file with an fsync of its own.
void SqliteConnection::consolidate() {
  const io::FileLock lock = wait_for_writers();
  const int result = sqlite3_wal_checkpoint_v2(database_->getHandle(), nullptr,
                                               SQLITE_CHECKPOINT_FULL, nullptr, nullptr);
  if (result != SQLITE_OK)
    throw sqlite_commit_error(SQLite::Exception(database_->getHandle(), result), file_);
}

std::vector<std::string> SqliteConnection::check_health() {
  std::vector<std::string> damage;
  try {
    for (const auto checks = query("PRAGMA integrity_check", {}); checks->next();) {
      if (std::string line = checks->text(0); line != "ok") damage.push_back(std::move(line));
    }
    for (const auto broken = query("PRAGMA foreign_key_check", {}); broken->next();) {
      damage.push_back(fmt::format("a row of '{}' refers to a row of '{}' that is not there",
                                   broken->text(0), broken->text(2)));
    }
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::corrupt) throw;
    damage.push_back(error.message());
  }
  return damage;
}

}  // namespace

Journal journal_for(const fs::path& file) {
  return io::is_network_file_system(fs::absolute(file).parent_path()) ? Journal::rollback
                                                                      : Journal::write_ahead;
}

std::unique_ptr<Connection> open_sqlite(const Catalog::Location& location, Journal journal,
                                        Care care) {
  return std::make_unique<SqliteConnection>(location, journal, care);
}

}  // namespace cairn::catalog
