#pragma once

#include <cstdint>

#include "cairn/config.h"

namespace cairn::exports {

/// What a configuration asks for, or where it asks for nothing, what this machine gives: every
/// processor, and a quarter of the memory, at most 2 GiB.
int threads_of(const PipelineConfig& config);
int64_t memory_budget_of(const PipelineConfig& config);

}  // namespace cairn::exports
