#pragma once

#include <filesystem>

namespace cairn::catalog {

/// Refuse a database whose write-ahead log was damaged in the middle.
///
/// SQLite takes the first frame with a wrong checksum for the end of the log, as a crash leaves it,
/// and so forgets all that was committed behind it. But a commit is durable before the next frame
/// is written: where a commit and more follow the wrong frame, no crash was it.
///
/// Errors   corrupt, with the number of the frame; damage of the last transaction looks like a
///          crash and is not found.
/// Source   "The Write-Ahead Log" in SQLite's "Database File Format".
void require_intact_log(const std::filesystem::path& database);

}  // namespace cairn::catalog
