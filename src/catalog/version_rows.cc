#include "catalog/version_rows.h"

#include <fmt/format.h>

#include "base/names.h"
#include "cairn/error.h"

namespace cairn::catalog {

namespace {

constexpr size_t kMaxJsonBytes = size_t{16} << 20;  // what parse_json accepts
constexpr size_t kMaxSlugBytes = 48;

constexpr std::string_view kSelect =
    "SELECT v.id, d.name, d.slug, v.number, v.export_uuid, v.operation, v.created,"
    " v.clock_ran_backwards, v.digest, v.row_count, v.byte_count, v.table_count, v.file_count,"
    " v.message, v.author, v.state FROM version v JOIN dataset d ON d.id = v.dataset_id ";

StoredVersion read_version(const Rows& rows) {
  int column = 0;
  StoredVersion version;
  version.id = rows.integer(column++);
  DatasetVersion& row = version.row;
  row.dataset = rows.text(column++);
  row.slug = rows.text(column++);
  row.version = rows.integer(column++);
  row.export_uuid = rows.text(column++);
  row.operation = rows.text(column++);
  row.created = from_micros(rows.integer(column++));
  row.clock_ran_backwards = rows.integer(column++) != 0;
  row.digest = rows.text(column++);
  row.rows = rows.integer(column++);
  row.bytes = rows.integer(column++);
  row.tables = rows.integer(column++);
  row.files = rows.integer(column++);
  row.message = rows.text(column++);
  row.author = rows.text(column++);
  row.state = rows.text(column++);
  return version;
}

std::vector<std::string> tags_of(Connection& connection, int64_t version_id) {
  std::vector<std::string> tags;
  const auto rows =
      connection.query("SELECT name FROM tag WHERE version_id = ? ORDER BY name", {version_id});
  while (rows->next()) tags.push_back(rows->text(0));
  return tags;
}

}  // namespace

std::string json_text(const Json& value, std::string_view what) {
  std::string text = to_canonical_json(value);
  if (text.size() > kMaxJsonBytes) {
    throw Error(ErrorKind::unsupported,
                fmt::format("cannot store {}: it takes {} bytes of JSON, and {} can be read back",
                            what, text.size(), kMaxJsonBytes));
  }
  return text;
}

std::string free_slug(Connection& connection, std::string_view taken, std::string_view name) {
  const std::string wanted = slug(name);
  std::string candidate = wanted;
  for (int64_t number = 2; connection.query(taken, {candidate})->next(); ++number) {
    const std::string suffix = fmt::format("_{}", number);
    candidate = wanted.substr(0, kMaxSlugBytes - suffix.size()) + suffix;
  }
  return candidate;
}

std::vector<StoredVersion> select_versions(Connection& connection, std::string_view condition,
                                           Values parameters) {
  std::vector<StoredVersion> versions;
  {
    const auto rows = connection.query(std::string(kSelect).append(condition), parameters);
    while (rows->next()) versions.push_back(read_version(*rows));
  }
  for (StoredVersion& version : versions) version.row.tags = tags_of(connection, version.id);
  return versions;
}

std::optional<StoredVersion> select_version(Connection& connection, std::string_view condition,
                                            Values parameters) {
  std::vector<StoredVersion> versions =
      select_versions(connection, std::string(condition) + " LIMIT 1", parameters);
  if (versions.empty()) return std::nullopt;
  return std::move(versions.front());
}

std::optional<StoredVersion> version_numbered(Connection& connection, std::string_view dataset,
                                              int64_t version) {
  return select_version(connection, "WHERE d.name = ? AND v.number = ?", {dataset, version});
}

StoredVersion existing_version(Connection& connection, std::string_view dataset, int64_t version) {
  if (auto found = version_numbered(connection, dataset, version)) return std::move(*found);
  const auto newest =
      connection.query("SELECT last_version FROM dataset WHERE name = ?", {dataset});
  if (!newest->next()) {
    throw Error(ErrorKind::not_found, fmt::format("there is no dataset '{}'", printable(dataset)));
  }
  throw Error(ErrorKind::not_found, fmt::format("dataset '{}' has no version {}: its newest is {}",
                                                printable(dataset), version, newest->integer(0)));
}

std::optional<DatasetVersion> row_of(std::optional<StoredVersion> stored) {
  if (!stored) return std::nullopt;
  return std::move(stored->row);
}

std::vector<DatasetVersion> rows_of(std::vector<StoredVersion> stored) {
  std::vector<DatasetVersion> rows;
  rows.reserve(stored.size());
  for (StoredVersion& version : stored) rows.push_back(std::move(version.row));
  return rows;
}

std::optional<int64_t> dataset_id_of(Connection& connection, std::string_view dataset) {
  const auto rows = connection.query("SELECT id FROM dataset WHERE name = ?", {dataset});
  if (!rows->next()) return std::nullopt;
  return rows->integer(0);
}

void set_tag(Connection& connection, const StoredVersion& version, int64_t dataset_id,
             std::string_view name, bool replace) {
  check_name("tag name", name);
  if (!replace) {
    const auto taken = connection.query(
        "SELECT v.id, v.number FROM tag t JOIN version v ON v.id = t.version_id"
        " WHERE t.dataset_id = ? AND t.name = ?",
        {dataset_id, name});
    if (taken->next() && taken->integer(0) != version.id) {
      throw Error(ErrorKind::already_exists,
                  fmt::format("cannot tag version {} of '{}': '{}' is the tag of version {}",
                              version.row.version, printable(version.row.dataset), printable(name),
                              taken->integer(1)),
                  "ask to replace the tag, or choose another name");
    }
  }
  connection.execute(
      "INSERT INTO tag (dataset_id, name, version_id) VALUES (?, ?, ?)"
      " ON CONFLICT (dataset_id, name) DO UPDATE SET version_id = excluded.version_id",
      {dataset_id, name, version.id});
}

}  // namespace cairn::catalog
