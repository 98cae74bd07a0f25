#pragma once

#include <arrow/type_fwd.h>

#include <filesystem>
#include <memory>

#include "base/thread_pool.h"
#include "checkpoints/metadata.h"

namespace cairn::checkpoints {

/// Put a table together from its parts, whose bytes were checked before, and hold it against its
/// digest.
///
/// Errors   corrupt, naming the column.
std::shared_ptr<arrow::Table> read_table(const std::filesystem::path& folder,
                                         const StoredTable& table, ThreadPool& threads);

}  // namespace cairn::checkpoints
