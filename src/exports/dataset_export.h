#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "cairn/data_exporter.h"
#include "catalog/rows.h"
#include "engine/engine.h"
#include "exports/export_files.h"
#include "io/staged_file.h"
#include "store/publication.h"
#include "store/store.h"

namespace cairn::exports {

/// One run of an export: announce, write every table in one pass each, verify, publish, commit.
/// Used once.
class DatasetExport {
 public:
  DatasetExport(std::shared_ptr<store::Store> store, engine::Engine& engine, std::string dataset,
                ExportNote note, Progress& progress);

  ExportSummary run(const std::vector<TableInput>& tables);

 private:
  std::optional<ExportSummary> already_done() const;
  void write_table(store::Publication& publication, const TableInput& input,
                   std::span<const PlannedFile> files);
  void seal_and_verify(std::deque<io::StagedFile>& files, const catalog::TableRow& table,
                       const data::TableDigest& digest,
                       const std::shared_ptr<arrow::Schema>& schema,
                       std::vector<catalog::FileRow> rows);
  void note_formulas(const catalog::TableRow& table, const data::TableDigest& digest,
                     const engine::OutputResult& result, catalog::FileRow& row);
  void complete_draft();
  ExportSummary summary_of(const DatasetVersion& version) const;

  const std::shared_ptr<store::Store> store_;
  engine::Engine& engine_;
  const ExportNote note_;
  Progress& progress_;
  const Uuid id_;
  const TimePoint started_;
  catalog::VersionDraft draft_;
  std::vector<io::SealedFile> sealed_;
  MemoryUse memory_;
  std::chrono::microseconds write_time_{0};
  std::chrono::microseconds verify_time_{0};
  std::vector<std::string> warnings_;
};

/// The summary of a version that exists, as its export gave it but for what only that run knew.
ExportSummary summary_of_existing(store::Store& store, const DatasetVersion& version);

}  // namespace cairn::exports
