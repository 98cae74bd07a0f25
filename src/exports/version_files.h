#pragma once

#include <arrow/type_fwd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "cairn/data_integrity.h"
#include "cairn/progress.h"
#include "catalog/rows.h"
#include "store/store.h"

namespace cairn::exports {

/// Read a table of a version back with its recorded schema; see DataVersionManager::read.
std::shared_ptr<arrow::RecordBatchReader> read_table(store::Store& store,
                                                     const catalog::Version& version,
                                                     const std::string& table,
                                                     const std::string& format,
                                                     arrow::MemoryPool* pool);

/// Copy a version into a folder that is empty or new; see DataVersionManager::get.
void copy_version(store::Store& store, const catalog::Version& version,
                  const std::filesystem::path& folder, Progress& progress);

/// Verify every file of a version.
IntegrityReport verify_files(store::Store& store, const catalog::Version& version,
                             VerifyLevel level, Progress& progress);

}  // namespace cairn::exports
