#include "catalog/sql_checkpoint_rows.h"

#include <fmt/format.h>

#include "base/names.h"
#include "catalog/version_rows.h"
#include "io/layout.h"

namespace cairn::catalog {
namespace {

constexpr std::string_view kSelect =
    "SELECT c.uid, p.name, c.sequence, c.epoch, c.step, c.completed_steps, c.name,"
    " c.schema_version, c.application_version, c.created, c.row_count, c.byte_count,"
    " c.new_byte_count, c.digest, c.state, c.metadata_sha256, c.version_mark"
    " FROM checkpoint c JOIN checkpoint_process p ON p.id = c.process_id ";

std::vector<std::string> read_steps(const std::string& text) {
  constexpr std::string_view kWhat = "the completed steps of a checkpoint";
  const Json steps = parse_json(text, kWhat);
  std::vector<std::string> names;
  for (const Json& step : steps) {
    if (!step.is_string())
      throw Error(ErrorKind::corrupt, fmt::format("cannot read {}: one is no text", kWhat));
    names.push_back(step.get<std::string>());
  }
  return names;
}

CheckpointRow read_row(const Rows& rows) {
  int column = 0;
  CheckpointRow row;
  row.id = rows.text(column++);
  row.process = rows.text(column++);
  row.sequence = rows.integer(column++);
  row.epoch = rows.integer(column++);
  row.step = rows.text(column++);
  row.completed_steps = read_steps(rows.text(column++));
  row.name = rows.text(column++);
  row.schema_version = rows.text(column++);
  row.application_version = rows.text(column++);
  row.created = rows.integer(column++);
  row.rows = rows.integer(column++);
  row.bytes = rows.integer(column++);
  row.new_bytes = rows.integer(column++);
  row.digest = rows.text(column++);
  row.set_aside = rows.text(column++) == "ASIDE";
  row.metadata_sha256 = rows.text(column++);
  row.version_mark = rows.integer(column++);
  return row;
}

std::vector<CheckpointRow> select(Connection& connection, std::string_view condition,
                                  Values parameters) {
  const auto rows = connection.query(std::string(kSelect).append(condition), parameters);
  std::vector<CheckpointRow> found;
  while (rows->next()) found.push_back(read_row(*rows));
  return found;
}

[[noreturn]] void refuse_fenced(const std::string& process, std::string_view holder) {
  throw Error(ErrorKind::conflict,
              fmt::format("cannot save a checkpoint of '{}': {} has taken it over meanwhile",
                          printable(process), printable(holder)),
              "let one program at a time write the checkpoints of a process");
}

std::string read_holder(Connection& connection, std::string_view process) {
  const auto rows =
      connection.query("SELECT holder FROM checkpoint_process WHERE name = ?", {process});
  return rows->next() ? rows->text(0) : std::string();
}

// The row that was announced, as it shall be for good. False when the claim is not in force, or it
// is committed already.
bool fill_announced(Connection& connection, const CheckpointRow& row) {
  return connection.execute(
             "UPDATE checkpoint SET state = 'COMMITTED', step = ?, completed_steps = ?, name = ?,"
             " schema_version = ?, application_version = ?, created = ?, row_count = ?,"
             " byte_count = ?, new_byte_count = ?, digest = ?, metadata_sha256 = ?,"
             " version_mark = ?"
             " WHERE uid = ? AND state = 'PENDING' AND epoch ="
             " (SELECT p.epoch FROM checkpoint_process p WHERE p.id = checkpoint.process_id)",
             {row.step, json_text(row.completed_steps, "the completed steps of a checkpoint"),
              row.name, row.schema_version, row.application_version, row.created, row.rows,
              row.bytes, row.new_bytes, row.digest, row.metadata_sha256, row.version_mark,
              row.id}) == 1;
}

void take_name(Connection& connection, const CheckpointRow& row) {
  if (row.name.empty()) return;
  connection.execute(
      "UPDATE checkpoint SET name = '' WHERE name = ? AND uid <> ? AND process_id ="
      " (SELECT id FROM checkpoint_process p WHERE p.name = ?)",
      {row.name, row.id, row.process});
}

void mark_as_removed(Connection& connection, const std::vector<std::string>& ids) {
  for (const std::string& id : ids)
    connection.execute(
        "UPDATE checkpoint SET state = 'DELETED' WHERE uid = ? AND state IN ('COMMITTED', 'ASIDE')",
        {id});
}

void drop(Connection& connection, const std::vector<std::string>& ids) {
  for (const std::string& id : ids)
    connection.execute("DELETE FROM checkpoint WHERE uid = ? AND state IN ('PENDING', 'DELETED')",
                       {id});
}

}  // namespace

std::string SqlCheckpointRows::slug_of(std::string_view process) {
  check_name("process name", process);
  constexpr std::string_view kFind = "SELECT slug FROM checkpoint_process WHERE name = ?";
  const auto find = [&](Connection& connection) {
    const auto rows = connection.query(kFind, {process});
    return rows->next() ? rows->text(0) : std::string();
  };
  if (auto slug = session_.use(find); !slug.empty()) return slug;
  return session_.write([&](Connection& connection) {
    if (auto slug = find(connection); !slug.empty()) return slug;
    const std::string slug =
        free_slug(connection, "SELECT 1 FROM checkpoint_process WHERE slug = ?", process);
    connection.execute(
        "INSERT INTO checkpoint_process (name, slug, epoch, last_sequence, holder)"
        " VALUES (?, ?, 0, 0, '')",
        {process, slug});
    return slug;
  });
}

CheckpointClaim SqlCheckpointRows::take_over(std::string_view process, std::string_view holder) {
  return session_.write([&](Connection& connection) {
    const auto rows = connection.query(
        "UPDATE checkpoint_process SET epoch = epoch + 1, holder = ? WHERE name = ?"
        " RETURNING slug, epoch",
        {holder, process});
    if (!rows->next()) {
      throw Error(ErrorKind::not_found,
                  fmt::format("there is no process '{}' to take over", printable(process)));
    }
    return CheckpointClaim{std::string(process), rows->text(0), rows->integer(1)};
  });
}

std::string SqlCheckpointRows::holder_of(std::string_view process) {
  return session_.use([&](Connection& connection) { return read_holder(connection, process); });
}

bool SqlCheckpointRows::is_in_force(const CheckpointClaim& claim) {
  return session_.use([&](Connection& connection) {
    return connection
        .query("SELECT 1 FROM checkpoint_process WHERE name = ? AND epoch = ?",
               {claim.process, claim.epoch})
        ->next();
  });
}

CheckpointRow SqlCheckpointRows::announce(const CheckpointClaim& claim, TimePoint created) {
  return session_.write([&](Connection& connection) {
    CheckpointRow row;
    row.process = claim.process;
    row.epoch = claim.epoch;
    row.created = to_micros(created);
    const auto numbered = connection.query(
        "UPDATE checkpoint_process SET last_sequence = last_sequence + 1"
        " WHERE name = ? AND epoch = ? RETURNING id, last_sequence",
        {claim.process, claim.epoch});
    if (!numbered->next()) refuse_fenced(claim.process, read_holder(connection, claim.process));
    row.sequence = numbered->integer(1);
    row.id = io::Layout::checkpoint_id(claim.slug, created, row.sequence);
    connection.execute(
        "INSERT INTO checkpoint (process_id, uid, sequence, epoch, state, step, completed_steps,"
        " name, schema_version, application_version, created, row_count, byte_count,"
        " new_byte_count, digest, metadata_sha256, version_mark)"
        " VALUES (?, ?, ?, ?, 'PENDING', '', '[]', '', '', '', ?, 0, 0, 0, '', '', 0)",
        {numbered->integer(0), row.id, row.sequence, row.epoch, row.created});
    return row;
  });
}

void SqlCheckpointRows::commit(const CheckpointRow& row, const std::vector<std::string>& removed,
                               const std::vector<std::string>& gone) {
  const auto commit_once = [&](Connection& connection) {
    if (!fill_announced(connection, row)) {
      const auto stored = select(connection, "WHERE c.uid = ? AND c.state = 'COMMITTED'", {row.id});
      if (!stored.empty() && stored.front().metadata_sha256 == row.metadata_sha256) return;
      refuse_fenced(row.process, read_holder(connection, row.process));
    }
    take_name(connection, row);
    mark_as_removed(connection, removed);
    drop(connection, gone);
  };
  session_.write_settled(commit_once, fmt::format("checkpoint {} was saved", row.id),
                         "list the checkpoints of the process");
}

std::optional<CheckpointRow> SqlCheckpointRows::find(std::string_view id) {
  return session_.use([&](Connection& connection) -> std::optional<CheckpointRow> {
    auto found = select(connection, "WHERE c.uid = ? AND c.state IN ('COMMITTED', 'ASIDE')", {id});
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
  });
}

std::vector<CheckpointRow> SqlCheckpointRows::newest(std::string_view process, int64_t limit,
                                                     int64_t first_sequence) {
  return session_.use([&](Connection& connection) {
    return select(connection,
                  "WHERE p.name = ? AND c.sequence >= ? AND c.state = 'COMMITTED'"
                  " ORDER BY c.sequence DESC LIMIT ?",
                  {process, first_sequence, limit_or_all(limit)});
  });
}

std::vector<CheckpointRow> SqlCheckpointRows::list(std::string_view process) {
  return session_.use([&](Connection& connection) {
    return process.empty()
               ? select(connection, "WHERE c.state IN ('COMMITTED', 'ASIDE') ORDER BY c.id DESC",
                        {})
               : select(connection,
                        "WHERE p.name = ? AND c.state IN ('COMMITTED', 'ASIDE')"
                        " ORDER BY c.sequence DESC",
                        {process});
  });
}

std::vector<std::string> SqlCheckpointRows::processes() {
  return session_.use([](Connection& connection) {
    const auto rows = connection.query(
        "SELECT name FROM checkpoint_process p WHERE EXISTS"
        " (SELECT 1 FROM checkpoint c WHERE c.process_id = p.id) ORDER BY name",
        {});
    std::vector<std::string> names;
    while (rows->next()) names.push_back(rows->text(0));
    return names;
  });
}

void SqlCheckpointRows::set_aside(std::string_view id) {
  session_.write([&](Connection& connection) {
    connection.execute(
        "UPDATE checkpoint SET state = 'ASIDE' WHERE uid = ? AND state = 'COMMITTED'", {id});
  });
}

void SqlCheckpointRows::mark_removed(const std::vector<std::string>& ids) {
  session_.write([&](Connection& connection) { mark_as_removed(connection, ids); });
}

void SqlCheckpointRows::forget(const std::vector<std::string>& ids) {
  session_.write([&](Connection& connection) { drop(connection, ids); });
}

std::vector<UnfinishedCheckpoint> SqlCheckpointRows::unfinished() {
  return session_.use([](Connection& connection) {
    const auto rows = connection.query(
        "SELECT c.uid, p.slug, c.state FROM checkpoint c"
        " JOIN checkpoint_process p ON p.id = c.process_id"
        " WHERE c.state IN ('PENDING', 'DELETED') ORDER BY c.id",
        {});
    std::vector<UnfinishedCheckpoint> unfinished;
    while (rows->next())
      unfinished.push_back({rows->text(0), rows->text(1), rows->text(2) == "DELETED"});
    return unfinished;
  });
}

int64_t SqlCheckpointRows::version_mark() {
  return session_.use([](Connection& connection) {
    const auto rows = connection.query("SELECT COALESCE(MAX(id), 0) FROM version", {});
    rows->next();
    return rows->integer(0);
  });
}

std::vector<std::string> SqlCheckpointRows::published_since(int64_t mark) {
  return session_.use([&](Connection& connection) {
    const auto rows = connection.query(
        "SELECT d.name, v.number FROM version v JOIN dataset d ON d.id = v.dataset_id"
        " WHERE v.id > ? ORDER BY v.id",
        {mark});
    std::vector<std::string> versions;
    while (rows->next()) versions.push_back(fmt::format("{}@{}", rows->text(0), rows->integer(1)));
    return versions;
  });
}

}  // namespace cairn::catalog
