#pragma once

#include <arrow/io/type_fwd.h>
#include <arrow/type_fwd.h>

#include <memory>
#include <string>

namespace cairn::formats {

/// Read an Arrow IPC file (Feather version 2) or stream that may be hostile, batch by batch. `name`
/// is for messages.
std::shared_ptr<arrow::RecordBatchReader> read_arrow_file(
    const std::shared_ptr<arrow::io::RandomAccessFile>& source, const std::string& name,
    arrow::MemoryPool* pool);
std::shared_ptr<arrow::RecordBatchReader> read_arrow_stream(
    const std::shared_ptr<arrow::io::RandomAccessFile>& source, const std::string& name,
    arrow::MemoryPool* pool);

}  // namespace cairn::formats
