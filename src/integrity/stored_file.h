#pragma once

#include <arrow/type_fwd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "base/thread_pool.h"
#include "cairn/csv_dialect.h"
#include "cairn/data_integrity.h"
#include "cairn/format.h"
#include "data/content_digest.h"
#include "io/checksum.h"

namespace cairn::integrity {

/// A data file, and everything that was recorded of it.
struct StoredFile {
  std::filesystem::path path;
  std::string name;  // in reports
  std::string table;
  Format format = Format::csv;
  int64_t bytes = 0;
  io::Checksums checksums;
  std::shared_ptr<arrow::Schema> schema;
  CsvDialect dialect;        // of a CSV file
  data::TableDigest digest;  // with its leaves; rows included
};

/// What verification may use.
struct VerifyResources {
  ThreadPool& threads;
  arrow::MemoryPool* memory;
  Progress& progress;
};

/// Verify one file, starting from the file itself. A difference in content is narrowed to table,
/// column and block of rows; where a column of a Parquet row group cannot be read, to that.
IntegrityReport verify_file(const StoredFile& file, VerifyLevel level,
                            const VerifyResources& resources);

/// Like `structure`, for a file that was just written and every unit of which was decoded back: its
/// checksum is read back and its footer, header and row count are checked, without decoding the
/// values once more.
IntegrityReport verify_written(const StoredFile& file, const VerifyResources& resources);

}  // namespace cairn::integrity
