#pragma once

#include <cstdint>

namespace cairn::engine {

/// What was asked for, or where 0 was, what this machine gives: every processor this process may
/// use, and a quarter of the memory, at most 2 GiB.
///
/// Errors   invalid_argument for a budget too small to work in.
int resolve_threads(int64_t asked);
int64_t resolve_memory_budget(int64_t asked);

}  // namespace cairn::engine
