#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/names.h"
#include "catalog/lineage_writing.h"
#include "catalog/sql_catalog.h"
#include "catalog/version_rows.h"

namespace cairn::catalog {

namespace {

// The version that an earlier call with the same export or the same key has made.
std::optional<StoredVersion> already_published(Connection& connection, const VersionDraft& draft) {
  auto found = select_version(connection, "WHERE v.export_uuid = ?", {draft.export_uuid});
  if (found || !draft.idempotency_key) return found;
  found = select_version(connection, "WHERE d.name = ? AND v.idempotency_key = ?",
                         {draft.dataset, *draft.idempotency_key});
  if (found && found->row.digest != draft.digest) {
    throw Error(ErrorKind::already_exists,
                fmt::format("cannot publish to '{}': the idempotency key '{}' belongs to version "
                            "{}, which holds other data",
                            printable(draft.dataset), printable(*draft.idempotency_key),
                            found->row.version),
                "use a new key for new data");
  }
  return found;
}

struct NewNumber {
  int64_t dataset_id;
  int64_t version;
};

// Taking the number locks the row of the dataset in every engine, so that numbers have no gaps and
// no twins.
NewNumber take_number(Connection& connection, const VersionDraft& draft) {
  if (!dataset_id_of(connection, draft.dataset)) {
    check_name("dataset name", draft.dataset);
    connection.execute(
        "INSERT INTO dataset (name, slug, last_version, last_version_id, versions, changed)"
        " VALUES (?, ?, 0, 0, 0, 0)",
        {draft.dataset,
         free_slug(connection, "SELECT 1 FROM dataset WHERE slug = ?", draft.dataset)});
  }
  const auto rows = connection.query(
      "UPDATE dataset SET last_version = last_version + 1, versions = versions + 1"
      " WHERE name = ? RETURNING id, last_version",
      {draft.dataset});
  rows->next();
  const NewNumber number{rows->integer(0), rows->integer(1)};
  const int64_t parent = number.version - 1;
  if (draft.expected_parent && *draft.expected_parent != parent) {
    throw Error(ErrorKind::conflict,
                fmt::format("cannot publish to '{}' on top of version {}: its newest version is {}",
                            printable(draft.dataset), *draft.expected_parent, parent),
                "look at the newest version and publish on top of it");
  }
  return number;
}

// From here on recovery leaves the files of the export alone; or it has been faster.
void finish_announced(Connection& connection, const VersionDraft& draft) {
  const int64_t finished = connection.execute(
      "DELETE FROM export WHERE uuid = ? AND state = 'PENDING'", {draft.export_uuid});
  if (finished == 1) return;
  throw Error(ErrorKind::conflict,
              fmt::format("cannot publish to '{}': export {} is fenced, it was never announced or "
                          "recovery has taken it away",
                          printable(draft.dataset), printable(draft.export_uuid)),
              "export again");
}

struct Times {
  bool ran_backwards = false;  // or stood still
  int64_t era = 0;
};

Times compare_with_parent(Connection& connection, const NewNumber& number, TimePoint created) {
  const auto rows =
      connection.query("SELECT created, clock_era FROM version WHERE dataset_id = ? AND number = ?",
                       {number.dataset_id, number.version - 1});
  if (!rows->next()) return {};
  const int64_t parent = rows->integer(0);
  const int64_t era = rows->integer(1);
  return {to_micros(created) <= parent, to_micros(created) < parent ? era + 1 : era};
}

Value nullable(const std::optional<std::string>& text) {
  return text ? Value(std::string_view(*text)) : Value();
}

// The row of a new version, of which only the tables are missing; returns its key.
int64_t insert_version(Connection& connection, const VersionDraft& draft, int64_t tables,
                       int64_t files) {
  const NewNumber number = take_number(connection, draft);
  const Times times = compare_with_parent(connection, number, draft.created);
  const auto rows = connection.query(
      "INSERT INTO version (dataset_id, number, export_uuid, operation, created,"
      " clock_ran_backwards, clock_era, digest, row_count, byte_count, table_count, file_count,"
      " message, author, state, idempotency_key, mirrored, details)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'committed', ?, 0, ?) RETURNING id",
      {number.dataset_id, number.version, draft.export_uuid, draft.operation,
       to_micros(draft.created), int64_t{times.ran_backwards}, times.era, draft.digest, draft.rows,
       draft.bytes, tables, files, draft.message, draft.author, nullable(draft.idempotency_key),
       json_text(draft.details, "the details of a version")});
  rows->next();
  const int64_t id = rows->integer(0);
  connection.execute("UPDATE dataset SET last_version_id = ?, changed = ? WHERE id = ?",
                     {id, to_micros(draft.created), number.dataset_id});
  return id;
}

DatasetVersion set_tags(Connection& connection, const VersionDraft& draft, int64_t version_id) {
  const auto read = [&] { return select_version(connection, "WHERE v.id = ?", {version_id}); };
  StoredVersion version = read().value();
  if (draft.tags.empty()) return std::move(version.row);
  const int64_t dataset_id = dataset_id_of(connection, draft.dataset).value();
  for (const std::string& name : draft.tags)
    set_tag(connection, version, dataset_id, name, /*replace=*/false);
  return std::move(read()->row);
}

int64_t insert_table(Connection& connection, const TableRow& table) {
  const auto rows = connection.query(
      "INSERT INTO data_table (name, role, row_count, column_count, digest, schema_fingerprint,"
      " arrow_schema, profile, leaves) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
      {table.name, table.role, table.rows, table.columns, table.digest, table.schema_fingerprint,
       table.schema, json_text(table.profile, fmt::format("the profile of table '{}'", table.name)),
       Bytes{table.leaves}});
  rows->next();
  return rows->integer(0);
}

void insert_file(Connection& connection, const FileRow& file, int64_t table_id) {
  const int64_t inserted = connection.execute(
      "INSERT INTO data_file (table_id, format, path, row_count, byte_count, md5, xxh3_128, sha256,"
      " details) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (path) DO NOTHING",
      {table_id, file.format, file.path, file.rows, file.bytes, file.md5, file.xxh3_128,
       file.sha256, json_text(file.details, "the details of a file")});
  if (inserted == 0) {
    throw Error(ErrorKind::already_exists,
                fmt::format("the file '{}' belongs to another version", printable(file.path)));
  }
}

void insert_tables(Connection& connection, const VersionDraft& draft, int64_t version_id) {
  std::map<std::string_view, int64_t> ids;
  for (const TableRow& table : draft.tables) {
    const int64_t id = insert_table(connection, table);
    ids[table.name] = id;
    connection.execute("INSERT INTO version_table (version_id, table_id) VALUES (?, ?)",
                       {version_id, id});
  }
  for (const FileRow& file : draft.files) {
    const auto table = ids.find(file.table);
    if (table == ids.end()) {
      throw Error(ErrorKind::invalid_argument,
                  fmt::format("the file '{}' is of table '{}', which the version does not have",
                              printable(file.path), printable(file.table)));
    }
    insert_file(connection, file, table->second);
  }
}

DatasetVersion commit_once(Connection& connection, const VersionDraft& draft) {
  if (auto published = already_published(connection, draft)) return std::move(published->row);
  finish_announced(connection, draft);
  const int64_t id = insert_version(connection, draft, static_cast<int64_t>(draft.tables.size()),
                                    static_cast<int64_t>(draft.files.size()));
  insert_tables(connection, draft, id);
  DatasetVersion version = set_tags(connection, draft, id);
  record_publication(connection, draft, version);
  return version;
}

DatasetVersion rollback_once(Connection& connection, VersionDraft draft, int64_t to_version) {
  const StoredVersion target = existing_version(connection, draft.dataset, to_version);
  if (target.row.state != "committed") {
    throw Error(ErrorKind::conflict,
                fmt::format("cannot roll '{}' back to version {}: it is {}, its files are gone",
                            printable(draft.dataset), to_version, target.row.state));
  }
  draft.digest = target.row.digest;
  draft.rows = target.row.rows;
  draft.bytes = target.row.bytes;
  if (auto published = already_published(connection, draft)) return std::move(published->row);
  const int64_t id = insert_version(connection, draft, target.row.tables, target.row.files);
  connection.execute(
      "INSERT INTO version_table (version_id, table_id)"
      " SELECT ?, table_id FROM version_table WHERE version_id = ?",
      {id, target.id});
  DatasetVersion version = set_tags(connection, draft, id);
  record_publication(connection, draft, version, to_version);
  return version;
}

template <typename Publish>
DatasetVersion publish_and_settle(Session& session, const std::string& export_uuid,
                                  const Publish& publish) {
  return session.write_settled(publish, fmt::format("export {} was published", export_uuid),
                               "look for a version with this export id before exporting again");
}

}  // namespace

void SqlCatalog::announce(const ExportIntent& intent) {
  check_name("dataset name", intent.dataset);
  session_.write([&](Connection& connection) {
    const int64_t announced = connection.execute(
        "INSERT INTO export (uuid, dataset, writer, started, state)"
        " VALUES (?, ?, ?, ?, 'PENDING') ON CONFLICT (uuid) DO NOTHING",
        {intent.uuid, intent.dataset, intent.writer, to_micros(intent.started)});
    if (announced == 0) {
      throw Error(ErrorKind::already_exists,
                  fmt::format("export {} has been announced before", printable(intent.uuid)));
    }
    for (const std::string& path : intent.paths) {
      connection.execute(
          "INSERT INTO export_path (export_id, path) SELECT id, ? FROM export WHERE uuid = ?"
          " ON CONFLICT (export_id, path) DO NOTHING",
          {path, intent.uuid});
    }
  });
}

DatasetVersion SqlCatalog::commit(const VersionDraft& draft) {
  return publish_and_settle(session_, draft.export_uuid,
                            [&](Connection& connection) { return commit_once(connection, draft); });
}

DatasetVersion SqlCatalog::rollback(const VersionDraft& draft, int64_t to_version) {
  return publish_and_settle(session_, draft.export_uuid, [&](Connection& connection) {
    return rollback_once(connection, draft, to_version);
  });
}

bool SqlCatalog::abandon(std::string_view export_uuid) {
  return session_.write([&](Connection& connection) {
    return connection.execute("UPDATE export SET state = 'ABORTING' WHERE uuid = ?",
                              {export_uuid}) == 1;
  });
}

void SqlCatalog::forget(std::string_view export_uuid) {
  session_.write([&](Connection& connection) {
    connection.execute("DELETE FROM export WHERE uuid = ? AND state <> 'PENDING'", {export_uuid});
  });
}

std::vector<UnfinishedExport> SqlCatalog::unfinished() {
  return session_.use([](Connection& connection) {
    std::vector<UnfinishedExport> exports;
    {
      const auto rows = connection.query("SELECT uuid, writer FROM export ORDER BY id", {});
      while (rows->next()) exports.push_back({rows->text(0), rows->text(1), {}});
    }
    for (UnfinishedExport& unfinished : exports) {
      const auto paths = connection.query(
          "SELECT p.path FROM export_path p JOIN export e ON e.id = p.export_id"
          " WHERE e.uuid = ? ORDER BY p.path",
          {unfinished.uuid});
      while (paths->next()) unfinished.paths.push_back(paths->text(0));
    }
    return exports;
  });
}

}  // namespace cairn::catalog
