#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/names.h"
#include "cache/core.h"
#include "cache/timed_reader.h"
#include "cairn/error.h"

namespace cairn {

using std::chrono::microseconds;
using std::chrono::steady_clock;

namespace {

// What this thread is computing now, each as folder and key: to wait for one of them would be to
// wait for itself. A child of fork() inherits it, and with it the parent that waits.
thread_local std::vector<std::string> being_computed;

// Adds to them.
class Computing {
 public:
  explicit Computing(std::string what) { being_computed.push_back(std::move(what)); }
  ~Computing() { being_computed.pop_back(); }
  Computing(const Computing&) = delete;
  Computing& operator=(const Computing&) = delete;

  static bool has(const std::string& what) {
    return std::find(being_computed.begin(), being_computed.end(), what) != being_computed.end();
  }
};

microseconds since(steady_clock::time_point start) {
  return std::chrono::duration_cast<microseconds>(steady_clock::now() - start);
}

}  // namespace

CacheResult DataCache::Implementation::get_or_compute(const CacheIdentity& identity,
                                                      const Compute& compute,
                                                      const CacheEntryOptions& entry) {
  const Asked asked(identity);
  const std::string what = (layout_.folder() / asked.key).native();
  if (Computing::has(what)) {
    throw Error(
        ErrorKind::conflict,
        fmt::format("step '{}' of process '{}' asks for its own result while it computes it",
                    printable(identity.step_name), printable(identity.process_name)),
        "compute it from other inputs, or under another key");
  }
  const Computing computing(what);
  const auto start = steady_clock::now();
  CacheResult result = look_up_or_compute(asked, compute, entry);
  count(result, since(start));
  return result;
}

CacheResult DataCache::Implementation::look_up_or_compute(const Asked& asked,
                                                          const Compute& compute,
                                                          const CacheEntryOptions& entry) {
  io::RangeLocks* claims = nullptr;
  try {
    claims = &locks();
  } catch (const Error&) {
    // Where nothing can be written only the threads of this process are kept apart.
  }
  CacheResult found = look_up(asked, {});
  for (bool waited = false; !found.hit(); waited = true) {
    if (const auto claim = process_->flights.try_claim(asked.key, claims)) {
      // Somebody may have finished between the lookup and the claim.
      found = look_up(asked, {});
      if (found.hit()) break;
      CacheResult computed = compute_and_keep(asked, compute, entry, found);
      claim->land(computed);
      return computed;
    }
    if (!waited) process_->tally.add("waits");
    if (auto landed = process_->flights.wait(asked.key, claims)) {
      landed->miss.reset();
      landed->explanation.clear();
      return std::move(*landed);
    }
    found = look_up(asked, {});
  }
  return found;
}

CacheResult DataCache::Implementation::compute_and_keep(const Asked& asked, const Compute& compute,
                                                        const CacheEntryOptions& entry,
                                                        const CacheResult& miss) {
  const auto start = steady_clock::now();
  const auto source = compute();
  if (source == nullptr)
    throw Error(ErrorKind::invalid_argument, "a computation for the cache returned no rows");
  TimedReader rows(*source, true);
  rows.add_spent(since(start));
  CacheResult result = keep(asked, rows, entry);
  if (result.hit()) {
    result.miss = miss.miss;
    result.explanation = miss.explanation;
  } else {
    result.table = rows.take_all();
    result.cost = rows.spent();
  }
  return result;
}

}  // namespace cairn
