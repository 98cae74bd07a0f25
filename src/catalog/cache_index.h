#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/session.h"
#include "io/file.h"

namespace cairn::catalog {

/// One result that a cache knows: kept, or gone and why.
struct CacheRow {
  int64_t id = 0;
  std::string key;
  std::string process;
  std::string step;
  std::string state = "kept";  // or evicted, expired, corrupt, not_admitted
  std::string form;
  std::string digest;
  std::string checksum;    // XXH3-128 of the file
  int64_t inode = 0;       // of the file, as it was when it was checked
  int64_t modified = 0;    // of the file, nanoseconds
  int64_t file_bytes = 0;  // its length
  int64_t disk_bytes = 0;  // of its blocks
  int64_t rows = 0;
  int64_t cost = 0;       // microseconds
  int64_t created = 0;    // microseconds UTC
  int64_t expires = 0;    // microseconds UTC; 0 for never
  int64_t last_used = 0;  // microseconds UTC
  int64_t hits = 0;
  bool pinned = false;
  bool weak = false;
  int64_t frequency = 0;             // of uses, with old ones fading
  int64_t used_at = 0;               // the count of all uses when it was last used
  int64_t score = 0;                 // the lowest is evicted first
  int64_t left = 0;                  // when it stopped being kept, microseconds UTC
  int64_t evicted_before = 0;        // bytes that were evicted from the cache until it left
  std::string identity;              // JSON, for explanations
  std::vector<std::string> factors;  // written only; see CacheRows::differing_by
};

/// Bytes set aside for a file that is being written.
struct CacheReservation {
  int64_t id = 0;
  std::string key;
  int64_t bytes = 0;
};

/// Which kept rows; empty members match all.
struct CacheFilter {
  std::string process;
  std::string step;
  std::string key_prefix;
  int64_t limit = 0;  // 0 for all
};

/// The rows of a cache's index, while it is one's turn at them. Keeps the sums among the counters
/// right: entries, bytes, pinned_bytes, weak_entries, reserved, gone.
class CacheRows {
 public:
  explicit CacheRows(Connection& connection) : connection_(connection) {}

  std::optional<CacheRow> find(std::string_view key);

  /// In place of any row with its key.
  void insert(const CacheRow& row);
  void erase(const CacheRow& row);

  /// A kept row is kept no more: its bytes are free.
  void leave(const CacheRow& row, std::string_view state, int64_t now, int64_t evicted_before);

  void touch(const CacheRow& row);  // hits, last_used, frequency, used_at, score
  void pin(const CacheRow& row, bool pinned);

  /// Kept and not pinned: those with the lowest score, and those whose time is over.
  std::vector<CacheRow> lowest(int64_t limit);
  std::vector<CacheRow> expired(int64_t now, int64_t limit);

  /// Kept rows, most recently used first.
  std::vector<CacheRow> list(const CacheFilter& filter);

  /// Rows in any state of one process and step, most recently used first.
  std::vector<CacheRow> of_step(std::string_view process, std::string_view step, int64_t limit);

  /// Rows in any state that have this factor, the key of their identity without one of its parts:
  /// the latest few.
  std::vector<CacheRow> differing_by(std::string_view factor);

  /// Drop the rows that left first, until at most so many that are not kept remain.
  void forget_gone(int64_t limit);

  void reserve(const CacheReservation& reservation);

  /// False where there is none.
  bool change_reservation(int64_t id, int64_t more_bytes);
  void release(const CacheReservation& reservation);
  std::optional<CacheReservation> find_reservation(int64_t id);
  std::vector<CacheReservation> reservations();

  int64_t counter(std::string_view name);
  void add(std::string_view name, int64_t delta);
  void set(std::string_view name, int64_t value);
  std::map<std::string, int64_t> counters();

 private:
  void count_kept(const CacheRow& row, int64_t sign);
  std::vector<CacheRow> rows_of(std::string_view sql, Values parameters);

  Connection& connection_;
};

/// The index of a cache, in an SQLite file of its own that may be thrown away: when it is missing,
/// damaged or of an older program it is made anew. Nothing in it is worth an fsync.
class CacheIndex {
 public:
  struct Location {
    std::filesystem::path file;
    std::filesystem::path lock;  // held around every writing transaction, and to replace the file
  };
  using Work = std::function<void(CacheRows&)>;

  /// `populate` fills a new index with what is known without it, in the transaction that makes it.
  CacheIndex(Location location, Work populate);

  /// Errors   busy, unavailable for the index of a newer program, permission, no_space, io; what
  ///          `work` throws. Whatever it is, nothing has changed.
  void read(const Work& work);

  /// The same in a transaction. `work` may run twice.
  void write(const Work& work);

 private:
  void attempt(bool writing, const Work& work);
  void turn(bool writing, const Work& work);
  std::unique_ptr<Connection> connect();
  void prepare(Connection& connection);
  void discard_damaged();

  const Location location_;
  const Work populate_;
  // Both are looked at only during a turn of the session.
  std::optional<io::FileStatus> opened_;   // the file of the connection
  std::optional<io::FileStatus> damaged_;  // one that has to be replaced
  Session session_;
};

}  // namespace cairn::catalog
