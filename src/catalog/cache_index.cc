#include "catalog/cache_index.h"

#include <fmt/format.h>

#include <utility>

#include "base/names.h"
#include "cairn/error.h"
#include "catalog/sqlite_connection.h"
#include "io/file_lock.h"

namespace cairn::catalog {

namespace fs = std::filesystem;

namespace {

// Of the tables below. An index with a smaller one is made anew, one with a larger one is left
// alone.
constexpr int64_t kSchema = 1;
constexpr Care kCare{false, std::chrono::seconds(10)};

// Times are microseconds UTC. A factor is half of the key of an entry's identity without one part.
constexpr const char* kTables = R"sql(
CREATE TABLE counter (
  name TEXT PRIMARY KEY,
  value BIGINT NOT NULL
) WITHOUT ROWID;
CREATE TABLE entry (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  process TEXT NOT NULL,
  step TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('kept', 'evicted', 'expired', 'corrupt', 'not_admitted')),
  form TEXT NOT NULL,
  digest TEXT NOT NULL,
  checksum TEXT NOT NULL,
  inode BIGINT NOT NULL,
  modified BIGINT NOT NULL,
  file_bytes BIGINT NOT NULL,
  disk_bytes BIGINT NOT NULL,
  row_count BIGINT NOT NULL,
  cost BIGINT NOT NULL,
  created BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  last_used BIGINT NOT NULL,
  hits BIGINT NOT NULL,
  pinned BIGINT NOT NULL,
  weak BIGINT NOT NULL,
  frequency BIGINT NOT NULL,
  used_at BIGINT NOT NULL,
  score BIGINT NOT NULL,
  left_at BIGINT NOT NULL,
  evicted_before BIGINT NOT NULL,
  identity TEXT NOT NULL
);
CREATE INDEX entry_by_score ON entry (score) WHERE state = 'kept' AND pinned = 0;
CREATE INDEX entry_by_expiry ON entry (expires)
  WHERE state = 'kept' AND pinned = 0 AND expires > 0;
CREATE INDEX entry_by_use ON entry (last_used) WHERE state = 'kept';
CREATE INDEX entry_by_step ON entry (process, step, last_used);
CREATE INDEX entry_gone ON entry (left_at) WHERE state <> 'kept';
CREATE TABLE factor (
  hash BLOB NOT NULL,
  entry_id BIGINT NOT NULL,
  PRIMARY KEY (hash, entry_id)
) WITHOUT ROWID;
CREATE INDEX factor_by_entry ON factor (entry_id);
CREATE TABLE reservation (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL,
  bytes BIGINT NOT NULL
);
)sql";

bool has_tables(Connection& connection) {
  const auto rows = connection.query(
      "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'counter'", {});
  return rows->next() && rows->integer(0) > 0;
}

Error other_schema(const fs::path& file, int64_t found) {
  const bool newer = found > kSchema;
  return Error(newer ? ErrorKind::unavailable : ErrorKind::corrupt,
               fmt::format("the cache's index '{}' has schema {}, this program knows schema {}",
                           printable(file.native()), found, kSchema),
               newer ? "use the newer program, or clear the cache" : "");
}

bool is_same_file(const std::optional<io::FileStatus>& a, const std::optional<io::FileStatus>& b) {
  return a && b && a->identity == b->identity;
}

}  // namespace

CacheIndex::CacheIndex(Location location, Work populate)
    : location_(std::move(location)),
      populate_(std::move(populate)),
      session_([this] { return connect(); }, Session::Opening::when_used) {}

std::unique_ptr<Connection> CacheIndex::connect() {
  io::create_folders(fs::absolute(location_.file).parent_path());
  if (damaged_) discard_damaged();
  opened_ = io::find_file(location_.file);
  try {
    auto connection =
        open_sqlite({location_.file, location_.lock}, journal_for(location_.file), kCare);
    if (!opened_) opened_ = io::find_file(location_.file);
    prepare(*connection);
    return connection;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::corrupt) damaged_ = opened_;
    throw;
  }
}

void CacheIndex::prepare(Connection& connection) {
  CacheRows rows(connection);
  if (!has_tables(connection)) {
    Connection::Transaction transaction = connection.begin_write();
    if (!has_tables(connection)) {
      connection.run_script(kTables);
      rows.set("schema", kSchema);
      populate_(rows);
    }
    transaction.commit();
  }
  if (const int64_t schema = rows.counter("schema"); schema != kSchema)
    throw other_schema(location_.file, schema);
}

// Another process may have replaced it already.
void CacheIndex::discard_damaged() {
  const auto lock = io::FileLock::try_acquire_for(location_.lock, kCare.patience);
  if (!lock) {
    throw Error(ErrorKind::busy, fmt::format("cannot replace the cache's damaged index '{}'",
                                             printable(location_.file.native())));
  }
  if (is_same_file(damaged_, io::find_file(location_.file))) {
    for (const char* part : {"-wal", "-shm", ""}) io::remove_file(location_.file.native() + part);
  }
  damaged_.reset();
}

void CacheIndex::read(const Work& work) {
  attempt(false, work);
}

void CacheIndex::write(const Work& work) {
  attempt(true, work);
}

// What is damaged is replaced, and what was replaced is opened again; when that does not help there
// is no index.
void CacheIndex::attempt(bool writing, const Work& work) {
  for (int tries = 0; tries < 2; ++tries) {
    try {
      return turn(writing, work);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::corrupt) throw;
    }
  }
  turn(writing, work);
}

// The lock that a transaction holds keeps the file in place. What a reader finds in one that is
// just being replaced was true a moment ago.
void CacheIndex::turn(bool writing, const Work& work) {
  session_.use([&](Connection& connection) {
    try {
      std::optional<Connection::Transaction> transaction;
      if (writing) transaction.emplace(connection);
      if (!is_same_file(opened_, io::find_file(location_.file)))
        throw Error(ErrorKind::corrupt, fmt::format("the cache's index '{}' was replaced",
                                                    printable(location_.file.native())));
      CacheRows rows(connection);
      work(rows);
      if (transaction) transaction->commit();
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::corrupt) damaged_ = opened_;
      throw;
    }
  });
}

}  // namespace cairn::catalog
