#pragma once

#include <arrow/type_fwd.h>

#include "base/thread_pool.h"
#include "data/content_digest.h"

namespace cairn::engine {

/// The digest of a table in memory, computed by all of `threads`.
///
/// Errors   unsupported, naming the column.
data::TableDigest digest_table(const std::shared_ptr<arrow::Table>& table, ThreadPool& threads);

}  // namespace cairn::engine
