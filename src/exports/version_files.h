#pragma once

#include <arrow/type_fwd.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "cairn/data_integrity.h"
#include "cairn/progress.h"
#include "catalog/rows.h"
#include "store/store.h"

namespace cairn::engine {
class Engine;
}

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

/// Verifies the files of versions to one level, each file once however many versions share it.
class FileVerification {
 public:
  FileVerification(store::Store& store, VerifyLevel level, Progress& progress);
  ~FileVerification();

  /// What is found in all files of a version.
  IntegrityReport run(const catalog::Version& version);

 private:
  store::Store& store_;
  const VerifyLevel level_;
  Progress& progress_;
  const std::unique_ptr<engine::Engine> engine_;
  std::map<std::string, IntegrityReport> reports_;  // by path
};

}  // namespace cairn::exports
