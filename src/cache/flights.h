#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "cairn/data_cache.h"
#include "io/range_locks.h"

namespace cairn::cache {

/// Who computes what now: of all threads and processes that want a key, one.
class Flights {
 public:
  /// The right to compute a key, until it is destroyed. Whoever waits for it then looks again.
  class Claim {
   public:
    ~Claim();
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;

    /// What threads of this process that wait get, without looking again.
    void land(const CacheResult& result);

   private:
    friend class Flights;
    struct Flight;
    Claim(Flights& flights, std::string key, std::shared_ptr<Flight> flight,
          std::optional<io::RangeLocks::Held> lock);

    Flights& flights_;
    const std::string key_;
    const std::shared_ptr<Flight> flight_;
    std::optional<io::RangeLocks::Held> lock_;
  };

  /// The claim, or nothing while somebody else has it. Without `locks` only the threads of this
  /// process are kept apart.
  std::unique_ptr<Claim> try_claim(const std::string& key, io::RangeLocks* locks);

  /// Wait until the claim may be free. Returns what was computed, if a thread of this process did.
  std::optional<CacheResult> wait(const std::string& key, io::RangeLocks* locks);

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Claim::Flight>> flights_;
};

}  // namespace cairn::cache
