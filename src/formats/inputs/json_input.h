#pragma once

#include <arrow/io/type_fwd.h>
#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string>

namespace cairn::formats {

/// JSON lines, of which everything is known but the values.
struct JsonInput {
  std::shared_ptr<arrow::RecordBatchReader> reader;
  int64_t rows = 0;
};

/// Read JSON lines that may be hostile, batch by batch. The types of the columns are those that
/// hold the values of all lines, so that the file is read once before the first batch.
///
/// Errors   corrupt, naming the lines, for what is not one object per line or not of one type;
///          unsupported for more than 65,536 fields.
JsonInput read_json_lines(const std::shared_ptr<arrow::io::RandomAccessFile>& source,
                          const std::string& name);

}  // namespace cairn::formats
