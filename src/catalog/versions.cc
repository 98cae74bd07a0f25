#include <fmt/format.h>

#include "base/names.h"
#include "catalog/sql_catalog.h"
#include "catalog/version_rows.h"

namespace cairn::catalog {

namespace {

// Where the clock never ran backwards there is one era, and one look at its index is enough.
std::optional<StoredVersion> newest_created_by(Connection& connection, int64_t dataset_id,
                                               int64_t era, TimePoint time) {
  return select_version(connection,
                        "WHERE v.dataset_id = ? AND v.clock_era = ? AND v.created <= ?"
                        " ORDER BY v.created DESC, v.number DESC",
                        {dataset_id, era, to_micros(time)});
}

Json details_of(Connection& connection, int64_t version_id) {
  const auto rows = connection.query("SELECT details FROM version WHERE id = ?", {version_id});
  return rows->next() ? parse_json(rows->text(0), "the details of a version") : Json();
}

std::vector<TableRow> tables_of(Connection& connection, int64_t version_id) {
  const auto rows = connection.query(
      "SELECT t.name, t.role, t.row_count, t.column_count, t.digest, t.schema_fingerprint,"
      " t.arrow_schema, t.profile, t.leaves"
      " FROM version_table vt JOIN data_table t ON t.id = vt.table_id"
      " WHERE vt.version_id = ? ORDER BY t.id",
      {version_id});
  std::vector<TableRow> tables;
  while (rows->next()) {
    TableRow& table = tables.emplace_back();
    table.name = rows->text(0);
    table.role = rows->text(1);
    table.rows = rows->integer(2);
    table.columns = rows->integer(3);
    table.digest = rows->text(4);
    table.schema_fingerprint = rows->text(5);
    table.schema = rows->text(6);
    table.profile = parse_json(rows->text(7), "the profile of a table");
    table.leaves = rows->bytes(8);
  }
  return tables;
}

std::vector<FileRow> files_of(Connection& connection, int64_t version_id) {
  const auto rows = connection.query(
      "SELECT t.name, f.format, f.path, f.row_count, f.byte_count, f.md5, f.xxh3_128, f.sha256,"
      " f.details"
      " FROM version_table vt JOIN data_table t ON t.id = vt.table_id"
      " JOIN data_file f ON f.table_id = t.id WHERE vt.version_id = ? ORDER BY f.id",
      {version_id});
  std::vector<FileRow> files;
  while (rows->next()) {
    FileRow& file = files.emplace_back();
    file.table = rows->text(0);
    file.format = rows->text(1);
    file.path = rows->text(2);
    file.rows = rows->integer(3);
    file.bytes = rows->integer(4);
    file.md5 = rows->text(5);
    file.xxh3_128 = rows->text(6);
    file.sha256 = rows->text(7);
    file.details = parse_json(rows->text(8), "the details of a file");
  }
  return files;
}

}  // namespace

std::optional<DatasetVersion> SqlCatalog::find_by_export(std::string_view export_uuid) {
  return session_.use([&](Connection& connection) {
    return row_of(select_version(connection, "WHERE v.export_uuid = ?", {export_uuid}));
  });
}

std::optional<DatasetVersion> SqlCatalog::find_by_key(std::string_view dataset,
                                                      std::string_view idempotency_key) {
  return session_.use([&](Connection& connection) {
    return row_of(select_version(connection, "WHERE d.name = ? AND v.idempotency_key = ?",
                                 {dataset, idempotency_key}));
  });
}

std::optional<DatasetVersion> SqlCatalog::latest(std::string_view dataset) {
  return session_.use([&](Connection& connection) {
    return row_of(
        select_version(connection, "WHERE d.name = ? AND v.id = d.last_version_id", {dataset}));
  });
}

std::optional<DatasetVersion> SqlCatalog::find(std::string_view dataset, int64_t version) {
  return session_.use([&](Connection& connection) {
    return row_of(version_numbered(connection, dataset, version));
  });
}

std::optional<DatasetVersion> SqlCatalog::find_by_tag(std::string_view dataset,
                                                      std::string_view tag) {
  return session_.use([&](Connection& connection) {
    return row_of(select_version(connection,
                                 "JOIN tag t ON t.version_id = v.id"
                                 " WHERE d.name = ? AND t.dataset_id = d.id AND t.name = ?",
                                 {dataset, tag}));
  });
}

std::optional<DatasetVersion> SqlCatalog::find_as_of(std::string_view dataset, TimePoint time) {
  return session_.use([&](Connection& connection) -> std::optional<DatasetVersion> {
    const auto dataset_id = dataset_id_of(connection, dataset);
    if (!dataset_id) return std::nullopt;
    int64_t era = 0;
    {
      const auto newest = connection.query(
          "SELECT clock_era FROM version WHERE dataset_id = ? ORDER BY number DESC LIMIT 1",
          {*dataset_id});
      if (newest->next()) era = newest->integer(0);
    }
    for (; era >= 0; --era) {
      if (auto found = newest_created_by(connection, *dataset_id, era, time))
        return std::move(found->row);
    }
    return std::nullopt;
  });
}

std::vector<DatasetVersion> SqlCatalog::find_by_id_prefix(std::string_view dataset,
                                                          std::string_view prefix) {
  return session_.use([&](Connection& connection) {
    // '~' sorts after all that a UUID is made of, so that the range is the prefix.
    return rows_of(select_versions(connection,
                                   "WHERE d.name = ? AND v.export_uuid >= ? AND v.export_uuid < ?"
                                   " ORDER BY v.export_uuid LIMIT 2",
                                   {dataset, prefix, std::string(prefix) + "~"}));
  });
}

Version SqlCatalog::load(std::string_view dataset, int64_t version) {
  return session_.use([&](Connection& connection) {
    StoredVersion stored = existing_version(connection, dataset, version);
    Version loaded{std::move(stored.row), details_of(connection, stored.id),
                   tables_of(connection, stored.id), files_of(connection, stored.id)};
    return loaded;
  });
}

std::vector<DatasetVersion> SqlCatalog::list(std::string_view dataset, int64_t limit,
                                             int64_t before) {
  if (dataset.empty() && before != 0) {
    throw Error(ErrorKind::invalid_argument,
                "cannot list the versions of every dataset before one number",
                "name the dataset whose version it is");
  }
  return session_.use([&](Connection& connection) {
    if (dataset.empty()) {
      return rows_of(
          select_versions(connection, "ORDER BY v.id DESC LIMIT ?", {limit_or_all(limit)}));
    }
    return rows_of(select_versions(
        connection, "WHERE d.name = ? AND v.number < ? ORDER BY v.number DESC LIMIT ?",
        {dataset, limit_or_all(before), limit_or_all(limit)}));
  });
}

std::vector<DatasetRow> SqlCatalog::datasets(int64_t limit) {
  return session_.use([&](Connection& connection) {
    const auto rows = connection.query(
        "SELECT name, slug, versions, last_version, changed FROM dataset"
        " ORDER BY last_version_id DESC LIMIT ?",
        {limit_or_all(limit)});
    std::vector<DatasetRow> datasets;
    while (rows->next()) {
      datasets.push_back({rows->text(0), rows->text(1), rows->integer(2), rows->integer(3),
                          from_micros(rows->integer(4))});
    }
    return datasets;
  });
}

Totals SqlCatalog::totals() {
  return session_.use([](Connection& connection) {
    Totals totals;
    const auto counts =
        connection.query("SELECT COUNT(*), COALESCE(SUM(versions), 0) FROM dataset", {});
    counts->next();
    totals.datasets = counts->integer(0);
    totals.versions = counts->integer(1);
    // A rollback shares the tables, and so the files, of the version it goes back to.
    const auto bytes = connection.query(
        "SELECT COALESCE(SUM(f.byte_count), 0) FROM data_file f WHERE f.table_id IN ("
        "   SELECT t.table_id FROM version v JOIN version_table t ON t.version_id = v.id"
        "   WHERE v.state = 'committed')",
        {});
    bytes->next();
    totals.bytes = bytes->integer(0);
    return totals;
  });
}

std::vector<DatasetVersion> SqlCatalog::unmirrored() {
  return session_.use([](Connection& connection) {
    return rows_of(select_versions(connection, "WHERE v.mirrored = 0 ORDER BY v.id", {}));
  });
}

void SqlCatalog::mark_mirrored(std::string_view dataset, int64_t version) {
  session_.write([&](Connection& connection) {
    connection.execute(
        "UPDATE version SET mirrored = 1 WHERE number = ?"
        " AND dataset_id = (SELECT id FROM dataset WHERE name = ?)",
        {version, dataset});
  });
}

}  // namespace cairn::catalog
