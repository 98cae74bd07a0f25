#pragma once

#include <arrow/type_fwd.h>

#include <filesystem>
#include <memory>
#include <string>

namespace cairn::formats {

/// A file to be exported, opened.
struct Input {
  std::string kind;  // csv, parquet, arrow, jsonl
  std::shared_ptr<arrow::RecordBatchReader> reader;
  int64_t rows = -1;  // -1 where only reading tells
  int64_t bytes = 0;  // of the file
};

/// Open `path` by what its bytes say, its name only where they leave it open: Parquet, Arrow IPC
/// file or stream, Feather, JSON lines, CSV. "-" is standard input, copied first to an unnamed file
/// in `spool_folder`, because most formats are read from their end; so is anything else that is not
/// a regular file.
///
/// Errors   not_found, permission, and corrupt for an empty, truncated or hostile file, with the
/// cause in one line.
Input open_input(const std::string& path, const std::filesystem::path& spool_folder,
                 arrow::MemoryPool* pool);

}  // namespace cairn::formats
