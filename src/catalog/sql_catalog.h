#pragma once

#include "catalog/catalog.h"
#include "catalog/session.h"
#include "catalog/sql_checkpoint_rows.h"
#include "catalog/sql_lineage_rows.h"

namespace cairn::catalog {

/// The catalog over any engine that a Connection speaks to. Its parts by concern: exports.cc,
/// versions.cc, tags.cc, removal.cc, events.cc.
class SqlCatalog final : public Catalog {
 public:
  /// `connect` opens the engine; the schema is brought up to date on every new connection.
  explicit SqlCatalog(const Session::Connect& connect);

  void announce(const ExportIntent& intent) override;
  DatasetVersion commit(const VersionDraft& draft) override;
  bool abandon(std::string_view export_uuid) override;
  void forget(std::string_view export_uuid) override;
  std::vector<UnfinishedExport> unfinished() override;

  std::optional<DatasetVersion> find_by_export(std::string_view export_uuid) override;
  std::optional<DatasetVersion> find_by_key(std::string_view dataset,
                                            std::string_view idempotency_key) override;
  std::optional<DatasetVersion> latest(std::string_view dataset) override;
  std::optional<DatasetVersion> find(std::string_view dataset, int64_t version) override;
  std::optional<DatasetVersion> find_by_tag(std::string_view dataset,
                                            std::string_view tag) override;
  std::optional<DatasetVersion> find_as_of(std::string_view dataset, TimePoint time) override;
  std::vector<DatasetVersion> find_by_id_prefix(std::string_view dataset,
                                                std::string_view prefix) override;
  Version load(std::string_view dataset, int64_t version) override;
  std::vector<DatasetVersion> list(std::string_view dataset, int64_t limit,
                                   int64_t before) override;
  std::vector<DatasetRow> datasets(int64_t limit) override;
  Totals totals() override;

  void tag(std::string_view dataset, int64_t version, std::string_view name, bool replace) override;
  void untag(std::string_view dataset, std::string_view name) override;
  DatasetVersion rollback(const VersionDraft& draft, int64_t to_version) override;

  std::vector<std::string> expire(std::string_view dataset, const std::vector<int64_t>& versions,
                                  TimePoint now) override;
  std::vector<std::string> referenced_paths() override;

  std::vector<DatasetVersion> unmirrored() override;
  void mark_mirrored(std::string_view dataset, int64_t version) override;

  CheckpointRows& checkpoints() override { return checkpoints_; }
  LineageRows& lineage() override { return lineage_; }

  void record(const EventRow& event) override;
  std::vector<EventRow> events(std::string_view dataset, int64_t limit) override;
  std::vector<std::string> check_health() override;
  int schema_version() override;

 private:
  Session session_;
  SqlCheckpointRows checkpoints_{session_};
  SqlLineageRows lineage_{session_};
};

}  // namespace cairn::catalog
