#pragma once

#include <arrow/type_fwd.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "cairn/parquet_options.h"
#include "checkpoints/metadata.h"
#include "checkpoints/table_parts.h"
#include "engine/engine.h"

namespace cairn::checkpoints {

/// A checkpoint whose files the next one may share.
struct SharedCheckpoint {
  std::filesystem::path folder;
  Metadata metadata;
  std::map<std::string, TimePoint> checked;  // when the bytes of a file were last seen to be right
};

/// Writes the tables of one checkpoint into its folder, and links what did not change.
class TableWriter {
 public:
  /// `before` is null where there is nothing to share.
  TableWriter(engine::Engine& engine, const ParquetOptions& options, const CheckpointInfo& info,
              std::filesystem::path folder, const SharedCheckpoint* before, TimePoint now);

  /// Write or link one table. The tables of a checkpoint come in the order of their names.
  ///
  /// Effects  durable files; their folders are not synced.
  /// Errors   unsupported, naming the column; conflict when the table is changed meanwhile.
  StoredTable write(const std::string& name, const std::shared_ptr<arrow::Table>& table);

  /// Bytes of files that were written and not linked.
  int64_t new_bytes() const { return new_bytes_; }
  const std::map<std::string, TimePoint>& checked() const { return checked_; }

  /// Folders that have new entries.
  const std::set<std::filesystem::path>& folders() const { return folders_; }

 private:
  const StoredTable* table_before(const std::string& name) const;
  bool link(TablePart& part, const std::string& slug, int table_columns);

  /// When the bytes of a file of the checkpoint before were seen to be right, now at the latest.
  std::optional<TimePoint> intact_since(const StoredFile& file) const;

  TablePart write_part(const StoredTable& table, const std::string& slug,
                       const arrow::Table& contents, const std::vector<int>& columns,
                       data::TableDigest& digest);
  std::filesystem::path place(const std::string& path);

  engine::Engine& engine_;
  const ParquetOptions options_;
  const CheckpointInfo& info_;
  const std::filesystem::path folder_;
  const SharedCheckpoint* const before_;
  const TimePoint now_;
  std::set<std::string> slugs_{"data"};  // that of the table which has no folder
  std::set<std::filesystem::path> folders_;
  std::map<std::string, TimePoint> checked_;
  int64_t new_bytes_ = 0;
};

}  // namespace cairn::checkpoints
