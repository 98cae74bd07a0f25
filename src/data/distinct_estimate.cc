#include <algorithm>
#include <cmath>

#include "data/column_profile.h"

namespace cairn::data {

void DistinctEstimate::merge(const DistinctEstimate& other) {
  if (other.registers_.empty()) return;
  if (registers_.empty()) {
    registers_ = other.registers_;
    return;
  }
  for (size_t i = 0; i < kRegisters; ++i)
    registers_[i] = std::max(registers_[i], other.registers_[i]);
}

int64_t DistinctEstimate::count() const {
  if (registers_.empty()) return 0;
  constexpr auto kCount = static_cast<double>(kRegisters);
  double sum = 0;
  int64_t zeros = 0;
  for (const uint8_t rank : registers_) {
    sum += std::ldexp(1.0, -rank);
    zeros += rank == 0 ? 1 : 0;
  }
  // Flajolet et al.: the bias of m registers, and counting empty registers while many are. Hashes
  // of 64 bits need no correction for large counts.
  constexpr double kBias = 0.7213 / (1 + 1.079 / kCount);
  const double estimate = kBias * kCount * kCount / sum;
  const bool is_small = estimate <= 2.5 * kCount && zeros > 0;
  const double count = is_small ? kCount * std::log(kCount / static_cast<double>(zeros)) : estimate;
  return std::llround(count);
}

}  // namespace cairn::data
