#include "exports/resources.h"

#include <algorithm>

#include "base/quantities.h"
#include "cairn/error.h"
#include "io/machine.h"

namespace cairn::exports {
namespace {

constexpr int64_t kSmallestBudget = 16 << 20;
constexpr int64_t kLargestDefaultBudget = int64_t{2} << 30;

}  // namespace

int threads_of(const PipelineConfig& config) {
  return config.threads > 0 ? static_cast<int>(config.threads) : io::available_cpus();
}

int64_t memory_budget_of(const PipelineConfig& config) {
  if (config.memory_budget == 0) {
    return std::clamp(io::available_memory() / 4, kSmallestBudget, kLargestDefaultBudget);
  }
  if (config.memory_budget < kSmallestBudget) {
    throw Error(
        ErrorKind::invalid_argument,
        "a memory budget of " + format_bytes(config.memory_budget) + " is too small to work in",
        "give at least " + format_bytes(kSmallestBudget));
  }
  return config.memory_budget;
}

}  // namespace cairn::exports
