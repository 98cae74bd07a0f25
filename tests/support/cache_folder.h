#pragma once

#include <arrow/api.h>

#include <memory>
#include <string>
#include <vector>

#include "cairn/data_cache.h"
#include "support/fixed_environment.h"
#include "support/tables.h"
#include "support/temporary_folder.h"

namespace cairn::testing {

/// Rows of orders as a reader, and as the table that it yields.
inline std::shared_ptr<arrow::RecordBatchReader> orders_reader(int64_t rows, int64_t first = 0) {
  return read_in_pieces(make_orders(rows, first), 1000);
}
inline std::shared_ptr<arrow::Table> orders_table(int64_t rows, int64_t first = 0) {
  return arrow::Table::FromRecordBatches({make_orders(rows, first)}).ValueOrDie();
}

inline CacheIdentity identity_of(const std::string& step, Value::Map parameters = {}) {
  return {"shop", step, std::move(parameters), {{"orders", "cd1:1", {}}}, "v1"};
}

/// A cache in a folder of its own, at a time that moves only when told.
class CacheFolder {
 public:
  CacheFolder() { options.folder = folder_ / "cache"; }

  DataCache open() const { return {options, {clock, std::make_shared<SystemRandom>()}}; }

  std::vector<std::filesystem::path> entries() const {
    std::vector<std::filesystem::path> found;
    for (const auto& file : std::filesystem::directory_iterator(options.folder)) {
      const auto extension = file.path().extension();
      if (extension == ".parquet" || extension == ".arrow") found.push_back(file.path());
    }
    return found;
  }

  CacheOptions options;
  std::shared_ptr<FixedClock> clock =
      std::make_shared<FixedClock>(*parse_rfc3339("2026-01-15T09:30:12Z"));

 private:
  TemporaryFolder folder_;
};

}  // namespace cairn::testing
