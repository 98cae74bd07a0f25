#pragma once

#include <optional>
#include <string>

#include "cache/core.h"

namespace cairn::cache {

/// Why something is not kept: an outcome inside of keeping, never seen outside.
struct Refused {
  MissReason reason;
  std::string explanation;
};

}  // namespace cairn::cache

namespace cairn {

/// The bytes of one file on its way, as the index knows them.
class DataCache::Implementation::Writing {
 public:
  Writing(Implementation& cache, const std::string& key);

  /// Gives the bytes back, and removes what was written, unless it is settled.
  ~Writing();
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;

  /// Tells it from other writers of the key.
  uint64_t id() const { return static_cast<uint64_t>(id_); }

  /// Be allowed a file of so many bytes. Throws Refused.
  void grow(int64_t bytes);

  // In the transaction that gives the file a row.

  /// Whether a file that takes so many bytes of disk is allowed.
  bool fits(catalog::CacheRows& rows, int64_t disk_bytes);

  /// The row stands for the bytes from now on.
  void end(catalog::CacheRows& rows);

  /// That transaction is over.
  void settled() { settled_ = true; }

 private:
  bool take(catalog::CacheRows& rows, int64_t more);

  Implementation& cache_;
  const std::string key_;
  int64_t id_ = 0;
  int64_t reserved_ = 0;
  bool settled_ = false;
  std::optional<io::RangeLocks::Held> alive_;
};

}  // namespace cairn
