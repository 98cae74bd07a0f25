#include <fmt/format.h>

#include <set>

#include "base/names.h"
#include "catalog/sql_catalog.h"
#include "catalog/version_rows.h"

namespace cairn::catalog {

namespace {

void check_may_expire(Connection& connection, const StoredVersion& version) {
  const DatasetVersion& row = version.row;
  const auto refuse = [&](const std::string& why) {
    throw Error(ErrorKind::conflict, fmt::format("cannot expire version {} of '{}': {}",
                                                 row.version, printable(row.dataset), why));
  };
  if (!row.tags.empty()) refuse(fmt::format("it has the tag '{}'", printable(row.tags.front())));
  const auto newest = connection.query("SELECT 1 FROM dataset WHERE name = ? AND last_version = ?",
                                       {row.dataset, row.version});
  if (newest->next()) refuse("it is the newest version");
}

// Files of an expired version that no version needs any more.
void collect_unneeded(Connection& connection, int64_t version_id, std::set<std::string>& paths) {
  const auto rows = connection.query(
      "SELECT f.path FROM version_table mine JOIN data_file f ON f.table_id = mine.table_id"
      " WHERE mine.version_id = ? AND NOT EXISTS ("
      "   SELECT 1 FROM version_table other JOIN version v ON v.id = other.version_id"
      "   WHERE other.table_id = mine.table_id AND v.state = 'committed')",
      {version_id});
  while (rows->next()) paths.insert(rows->text(0));
}

// Recovery sweeps what was announced and not finished; a row of that kind with no living writer
// makes it sweep these files too.
void leave_to_recovery(Connection& connection, const DatasetVersion& version,
                       const std::set<std::string>& paths, TimePoint now) {
  connection.execute(
      "INSERT INTO export (uuid, dataset, writer, started, state) VALUES (?, ?, '', ?, 'DELETED')",
      {version.export_uuid, version.dataset, to_micros(now)});
  for (const std::string& path : paths) {
    connection.execute(
        "INSERT INTO export_path (export_id, path)"
        " SELECT id, ? FROM export WHERE uuid = ?",
        {path, version.export_uuid});
  }
}

}  // namespace

std::vector<std::string> SqlCatalog::expire(std::string_view dataset,
                                            const std::vector<int64_t>& versions, TimePoint now) {
  return session_.write([&](Connection& connection) {
    std::vector<StoredVersion> expired;
    for (const int64_t number : versions) {
      StoredVersion version = existing_version(connection, dataset, number);
      if (version.row.state == "expired") continue;
      check_may_expire(connection, version);
      connection.execute("UPDATE version SET state = 'expired' WHERE id = ?", {version.id});
      expired.push_back(std::move(version));
    }
    connection.execute("UPDATE dataset SET versions = versions - ? WHERE name = ?",
                       {static_cast<int64_t>(expired.size()), dataset});
    std::set<std::string> paths;
    for (const StoredVersion& version : expired) collect_unneeded(connection, version.id, paths);
    if (!paths.empty()) leave_to_recovery(connection, expired.front().row, paths, now);
    return std::vector<std::string>(paths.begin(), paths.end());
  });
}

std::vector<std::string> SqlCatalog::referenced_paths() {
  return session_.use([](Connection& connection) {
    const auto rows = connection.query(
        "SELECT f.path FROM data_file f WHERE EXISTS ("
        "   SELECT 1 FROM version_table t JOIN version v ON v.id = t.version_id"
        "   WHERE t.table_id = f.table_id AND v.state = 'committed')"
        " UNION SELECT path FROM export_path",
        {});
    std::vector<std::string> paths;
    while (rows->next()) paths.push_back(rows->text(0));
    return paths;
  });
}

}  // namespace cairn::catalog
