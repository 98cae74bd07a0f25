#pragma once

#include <arrow/type_fwd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cairn/config.h"
#include "cairn/value.h"

namespace cairn {

struct Environment;

/// One thing that a computation read: what its content is, so that other content is another key.
struct CacheInput {
  std::string name;
  std::string digest;  // "cd1:…"
  std::vector<std::pair<std::string, std::string>>
      columns;  // names and digests, so that `explain` can name the column; may be empty

  /// The content of a table.
  static CacheInput of_table(std::string name, const arrow::Table& table);
};

/// What a result is the result of. Two calls share an entry when all of this is equal.
struct CacheIdentity {
  std::string process_name;
  std::string step_name;
  Value::Map parameters;           // -0.0 counts as 0.0, every NaN as one; 1, 1.0 and "1" differ
  std::vector<CacheInput> inputs;  // none: a weak key, which cannot see that data changed
  std::string code_version;        // of the code that computes; empty: not part of the key

  /// The entry's name: SHA-256 in hex of the canonical encoding in docs/formats.md.
  ///
  /// Errors   invalid_argument: names that are not legal, text that is not UTF-8, more than 1 MiB
  ///          of parameters.
  std::string key() const;
};

/// Why there is no answer. Enumerators are the exact text shown and stored.
enum class MissReason {
  never_stored,
  parameter,     // stored with other parameters
  input,         // stored with other input content
  code,          // stored by other code
  expired,       // its time to live is over
  evicted,       // made room for others
  corrupt,       // its file is damaged, missing or of a newer format
  not_admitted,  // too large to be kept
  unavailable,   // the cache itself cannot be used: no permission, disk full
};

std::string_view to_string(MissReason reason);

/// The outcome of a lookup: what was kept, or why there is nothing.
struct CacheResult {
  std::string key;
  std::shared_ptr<arrow::Table> table;  // of a hit, and of a miss for which it was computed
  std::optional<MissReason> miss;
  std::string explanation;  // of a miss: "parameter 'threshold' was 2.5, is 3.0"
  std::string digest;       // of the content: "cd1:…", what an input of the next step is known by
  bool mapped = false;      // `table` refers to a mapped file and costs no memory of its own
  bool weak = false;        // the key names no input and no code
  std::chrono::microseconds cost{0};  // what computing it took, when that is known

  bool hit() const { return !miss.has_value(); }
};

/// How an entry's file is made.
enum class CacheForm {
  parquet,  // compressed; columns are read alone
  arrow,    // Arrow IPC, uncompressed; mapped into memory on a hit
};

std::string_view to_string(CacheForm form);
CacheForm parse_cache_form(std::string_view text);

/// What is said about one entry when it is stored.
struct CacheEntryOptions {
  std::optional<std::chrono::microseconds> ttl;  // the cache's own when not given; max() for ever
  std::chrono::microseconds cost{0};             // to compute it; weighs in eviction
  CacheForm form = CacheForm::parquet;
  bool pinned = false;  // never evicted
};

/// Which entry leaves when room is needed.
enum class EvictionPolicy {
  gdsf,  // the one that saves the least time for its bytes (Cherkasova 1998, with cost)
  lru,   // the one not used for longest
};

/// The limits of a cache.
struct CacheOptions {
  std::filesystem::path folder = "data/temp/cache";
  int64_t max_bytes = 2'000'000'000;  // of disk blocks that entries take: never more
  std::chrono::microseconds ttl = std::chrono::hours(24);
  EvictionPolicy eviction = EvictionPolicy::gdsf;
  int64_t memory_budget = 0;  // bytes for rows on their way; as PipelineConfig
  int64_t threads = 0;        // as PipelineConfig

  static CacheOptions from(const PipelineConfig& config);
};

/// An entry as it lies there.
struct CacheEntry {
  std::string key;
  std::string process_name;
  std::string step_name;
  std::string parameters;  // typed JSON, as Value::to_json
  std::string code_version;
  std::string digest;  // of the content
  std::string file;    // relative to the cache's folder
  CacheForm form = CacheForm::parquet;
  int64_t rows = 0;
  int64_t bytes = 0;  // of disk blocks
  int64_t hits = 0;
  std::chrono::microseconds cost{0};
  int64_t created = 0;    // microseconds UTC
  int64_t last_used = 0;  // microseconds UTC
  int64_t expires = 0;    // microseconds UTC; 0 for never
  bool pinned = false;
  bool weak = false;
};

/// What a cache did since it was made, and what it holds.
struct CacheStatistics {
  int64_t entries = 0;
  int64_t bytes = 0;
  int64_t max_bytes = 0;
  int64_t pinned_bytes = 0;
  int64_t weak_entries = 0;
  int64_t hits = 0;
  int64_t weak_hits = 0;
  std::vector<std::pair<MissReason, int64_t>> misses;
  int64_t puts = 0;
  int64_t evictions = 0;
  int64_t evicted_bytes = 0;
  int64_t nondeterministic_puts = 0;  // a key was stored again with other content
  int64_t waits = 0;                  // for somebody else's computation of the same key
  std::chrono::microseconds time_saved{0};
  /// Hits there would have been, by size of cache in multiples of `max_bytes`: from what was
  /// evicted and asked for again.
  std::vector<std::pair<double, int64_t>> hits_if_larger;

  std::string to_json() const;
};

/// What `gc` or `clear` did, or with `dry_run` would do.
struct CacheRemoval {
  std::vector<CacheEntry> entries;
  std::vector<std::string> stray_files;
  int64_t bytes = 0;
};

/// Which entries; members left empty match all.
struct CacheSelection {
  std::string process_name;
  std::string step_name;
  std::string key_prefix;
};

/// Results that may be forgotten: kept under what they were computed from, for a time, within a
/// size that is never exceeded. Safe for threads and processes. Damage and a full disk are misses
/// with a reason, never exceptions.
///
/// Source   spec §3 DataCache; design §10.
class DataCache {
 public:
  explicit DataCache(const PipelineConfig& config);
  explicit DataCache(const CacheOptions& options);
  ~DataCache();
  DataCache(const CacheOptions& options, const Environment& environment);
  DataCache(DataCache&&) noexcept;
  DataCache& operator=(DataCache&&) noexcept;

  /// Keep a result. Returns what a later `get` would: a hit, whose table is the one that was read
  /// back, or a miss that says why it was not kept. Where the key is kept already and not expired,
  /// the first one stays and is what is returned.
  ///
  /// Errors   what `rows` throws; invalid_argument for an identity without an encoding; unsupported
  ///          for a type no file can carry.
  CacheResult put(const CacheIdentity& identity, std::shared_ptr<arrow::RecordBatchReader> rows,
                  const CacheEntryOptions& options = {});

  /// Look a result up: all columns, or those named, in that order.
  ///
  /// Errors   invalid_argument, also for a column that the entry does not have.
  CacheResult get(const CacheIdentity& identity, const std::vector<std::string>& columns = {});

  using Compute = std::function<std::shared_ptr<arrow::RecordBatchReader>()>;

  /// Look a result up; when there is none, compute and keep it. Of all threads and processes that
  /// ask for a key at the same time one computes and the others wait, as long as it lives; when it
  /// dies, another takes over. The result of the one that computed is a miss with a table: the one
  /// that was read back, of the same types as that of a hit, or where nothing could be kept the
  /// computed one.
  ///
  /// Errors   what `compute` throws; conflict when computing a key asks for the same key.
  CacheResult get_or_compute(const CacheIdentity& identity, const Compute& compute,
                             const CacheEntryOptions& options = {});

  /// Why a lookup would miss, named as narrowly as it can be told, or that it would hit. Reads no
  /// data and counts nothing.
  CacheResult explain(const CacheIdentity& identity);

  /// Errors   not_found; conflict where a prefix names several.
  void pin(const std::string& key_prefix, bool pinned = true);

  /// Most recently used first.
  std::vector<CacheEntry> list(const CacheSelection& selection = {});

  CacheRemoval clear(const CacheSelection& selection = {}, bool dry_run = false);

  /// Remove what is expired, damaged or stray, and what is over the limit.
  CacheRemoval gc(bool dry_run = true);

  CacheStatistics statistics();

  const CacheOptions& options() const;

 private:
  class Implementation;

  std::unique_ptr<Implementation> implementation_;
};

}  // namespace cairn
