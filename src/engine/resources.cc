#include "engine/resources.h"

#include <algorithm>

#include "base/quantities.h"
#include "cairn/error.h"
#include "io/machine.h"

namespace cairn::engine {
namespace {

constexpr int64_t kSmallestBudget = 16 << 20;
constexpr int64_t kLargestDefaultBudget = int64_t{2} << 30;

}  // namespace

int resolve_threads(int64_t asked) {
  return asked > 0 ? static_cast<int>(asked) : io::available_cpus();
}

int64_t resolve_memory_budget(int64_t asked) {
  if (asked == 0)
    return std::clamp(io::available_memory() / 4, kSmallestBudget, kLargestDefaultBudget);
  if (asked < kSmallestBudget) {
    throw Error(ErrorKind::invalid_argument,
                "a memory budget of " + format_bytes(asked) + " is too small to work in",
                "give at least " + format_bytes(kSmallestBudget));
  }
  return asked;
}

}  // namespace cairn::engine
