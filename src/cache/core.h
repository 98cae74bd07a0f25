#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/at_fork.h"
#include "base/ids.h"
#include "cache/entry_file.h"
#include "cache/flights.h"
#include "cache/space.h"
#include "cache/tally.h"
#include "cairn/data_cache.h"
#include "catalog/cache_index.h"
#include "io/layout.h"
#include "io/range_locks.h"
#include "io/staged_file.h"

namespace cairn {

/// The parts of a cache and what they do together: looking up (lookup.cc), keeping (keep.cc),
/// computing what is missing (compute.cc), tending what is there (maintenance.cc).
class DataCache::Implementation {
 public:
  Implementation(const CacheOptions& options, const Environment& environment);
  ~Implementation();

  CacheResult put(const CacheIdentity& identity, arrow::RecordBatchReader& rows,
                  const CacheEntryOptions& options);
  CacheResult get(const CacheIdentity& identity, const std::vector<std::string>& columns);
  CacheResult get_or_compute(const CacheIdentity& identity, const Compute& compute,
                             const CacheEntryOptions& options);
  CacheResult explain(const CacheIdentity& identity);
  void pin(const std::string& key_prefix, bool pinned);
  std::vector<CacheEntry> list(const CacheSelection& selection);
  CacheRemoval clear(const CacheSelection& selection, bool dry_run);
  CacheRemoval gc(bool dry_run);
  CacheStatistics statistics();

  const CacheOptions options;

 private:
  class Writing;
  class TimedReader;

  // An identity with what is worked out from it once.
  struct Asked {
    explicit Asked(const CacheIdentity& asked_identity);
    CacheResult miss(MissReason reason, std::string explanation) const;

    const CacheIdentity& identity;
    const std::string key;
    const bool weak;
  };

  // lookup.cc
  CacheResult look_up(const Asked& asked, const std::vector<std::string>& columns);
  CacheResult judge(const Asked& asked, const catalog::CacheRow& row,
                    const std::vector<std::string>& columns);
  CacheResult read_without_index(const Asked& asked, const std::vector<std::string>& columns,
                                 const std::string& why);
  CacheResult read_table(const Asked& asked, cache::EntryFile& file,
                         const std::vector<std::string>& columns) const;
  void check_bytes(cache::EntryFile& file, const catalog::CacheRow& row);
  void remember_checked(const std::string& key, const io::FileStatus& status);
  CacheResult give_up(const Asked& asked, const catalog::CacheRow& row, const std::string& why);
  void count(const CacheResult& result, std::chrono::microseconds spent);

  // compute.cc and keep.cc
  CacheResult keep(const Asked& asked, TimedReader& rows, const CacheEntryOptions& entry);
  CacheResult write(const Asked& asked, TimedReader& rows, const CacheEntryOptions& entry);
  CacheResult publish(const Asked& asked, Writing& writing, io::SealedFile file,
                      const cache::EntryManifest& manifest, const CacheEntryOptions& entry,
                      CacheResult result);
  CacheResult look_up_or_compute(const Asked& asked, const Compute& compute,
                                 const CacheEntryOptions& entry);
  CacheResult compute_and_keep(const Asked& asked, const Compute& compute,
                               const CacheEntryOptions& entry, const CacheResult& miss);
  void remember_refusal(const Asked& asked);
  void remember_change();
  bool is_over(const catalog::CacheRow& row) const;

  // maintenance.cc and rebuild.cc
  struct Leaving;
  Leaving select_for_gc(catalog::CacheRows& rows, const std::vector<catalog::CacheRow>& damaged);
  std::vector<catalog::CacheRow> find_damaged();
  bool is_sound(const catalog::CacheRow& row) const;
  std::vector<std::string> find_stray(catalog::CacheRows& rows);
  void populate(catalog::CacheRows& rows);
  void adopt_file(catalog::CacheRows& rows, const io::CacheLayout::Name& name);
  void settle();
  void write_mirror();

  int64_t now() const;
  bool exists() const;
  io::RangeLocks& locks();
  std::filesystem::path path_of(const catalog::CacheRow& row) const;

  const Environment environment_;
  const io::CacheLayout layout_;
  const cache::Space space_;
  catalog::CacheIndex index_;

  // What a child of fork() must not have of its parent.
  struct Process {
    std::mutex mutex;
    std::unique_ptr<io::RangeLocks> locks;
    std::map<std::string, io::FileStatus> verified;  // files whose bytes were checked here
    int64_t changes = 0;                             // since the mirror was written
    cache::Flights flights;
    cache::Tally tally;
  };
  std::unique_ptr<Process> process_ = std::make_unique<Process>();
  const AtFork at_fork_;
};

}  // namespace cairn
