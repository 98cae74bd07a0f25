#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/lineage_rows.h"
#include "catalog/rows.h"

namespace cairn::catalog {

class CheckpointRows;

/// What exists, in SQL: the truth that every JSON file mirrors. Safe to use from several threads
/// and processes. Every change is one transaction, durable when the call returns.
///
/// Errors   conflict, busy, corrupt (a damaged file: `cairn doctor` says what to do),
/// commit_unknown, no_space, io.
class Catalog {
 public:
  struct Location {
    std::filesystem::path file;
    std::filesystem::path writer_lock;  // held around every writing transaction
  };

  /// Open or create, and bring the schema to the newest version.
  static std::unique_ptr<Catalog> open(const Location& location);
  virtual ~Catalog() = default;

  // Exports: announced, then committed or abandoned (docs/durability.md).

  virtual void announce(const ExportIntent& intent) = 0;

  /// Make the draft the newest version of its dataset, or return the version that carries its
  /// idempotency key and the same digest. Exactly one PENDING row must change: conflict "fenced" if
  /// recovery took the export away meanwhile. already_exists if the key was used for other data.
  virtual DatasetVersion commit(const VersionDraft& draft) = 0;

  /// Take an announced export away from its writer: true when this call or an earlier one did,
  /// false when it is committed or unknown. Only then may its files be removed.
  virtual bool abandon(std::string_view export_uuid) = 0;

  /// Drop the row of an abandoned export whose files are gone.
  virtual void forget(std::string_view export_uuid) = 0;

  virtual std::vector<UnfinishedExport> unfinished() = 0;

  // Versions.

  virtual std::optional<DatasetVersion> find_by_export(std::string_view export_uuid) = 0;
  virtual std::optional<DatasetVersion> find_by_key(std::string_view dataset,
                                                    std::string_view idempotency_key) = 0;
  virtual std::optional<DatasetVersion> latest(std::string_view dataset) = 0;
  virtual std::optional<DatasetVersion> find(std::string_view dataset, int64_t version) = 0;
  virtual std::optional<DatasetVersion> find_by_tag(std::string_view dataset,
                                                    std::string_view tag) = 0;
  virtual std::optional<DatasetVersion> find_as_of(std::string_view dataset, TimePoint time) = 0;

  /// Versions whose export id starts with `prefix`, at most two.
  virtual std::vector<DatasetVersion> find_by_id_prefix(std::string_view dataset,
                                                        std::string_view prefix) = 0;

  virtual Version load(std::string_view dataset, int64_t version) = 0;

  /// Newest first; of every dataset when `dataset` is empty; `limit` 0 for all; before version
  /// `before` when not 0.
  virtual std::vector<DatasetVersion> list(std::string_view dataset, int64_t limit,
                                           int64_t before = 0) = 0;

  /// Most recently changed first; `limit` 0 for all.
  virtual std::vector<DatasetRow> datasets(int64_t limit) = 0;

  // Tags, each a name for one version of a dataset; moving one needs `replace`.

  virtual void tag(std::string_view dataset, int64_t version, std::string_view name,
                   bool replace) = 0;
  virtual void untag(std::string_view dataset, std::string_view name) = 0;

  /// A new newest version that refers to the files of an old one.
  virtual DatasetVersion rollback(const VersionDraft& draft, int64_t to_version) = 0;

  // Removal: rows first, then files.

  /// Mark versions expired; their files that no other version refers to become an unfinished export
  /// to sweep. Latest and tagged versions are refused with conflict.
  virtual std::vector<std::string> expire(std::string_view dataset,
                                          const std::vector<int64_t>& versions, TimePoint now) = 0;

  /// Paths that committed versions refer to, and that announced exports may still make, in no
  /// order.
  virtual std::vector<std::string> referenced_paths() = 0;

  // Mirrors: which versions a crash may have left without their metadata file.

  virtual std::vector<DatasetVersion> unmirrored() = 0;
  virtual void mark_mirrored(std::string_view dataset, int64_t version) = 0;

  // What services keep beside versions, over the same connection.

  virtual CheckpointRows& checkpoints() = 0;
  virtual LineageRows& lineage() = 0;

  // Events and health.

  virtual void record(const EventRow& event) = 0;
  virtual std::vector<EventRow> events(std::string_view dataset, int64_t limit) = 0;

  virtual Totals totals() = 0;

  /// Damage found by the engine's own full check, one line each; none when it is well.
  virtual std::vector<std::string> check_health() = 0;
  virtual int schema_version() = 0;
};

}  // namespace cairn::catalog
