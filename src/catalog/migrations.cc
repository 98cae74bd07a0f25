#include "catalog/migrations.h"

#include <fmt/args.h>
#include <fmt/format.h>

#include <array>

#include "cairn/error.h"
#include "catalog/lineage_schema.h"

namespace cairn::catalog {

namespace {

// Times are microseconds UTC, documents are JSON text, truth values 0 and 1. A migration that has
// been released is never edited; a change is a new one at the end.
constexpr std::string_view kFirstSchema = R"sql(
-- An export between its announcement and its commit, or whose files wait to be removed. Committing
-- one deletes its row.
CREATE TABLE export (
  id {identity},
  uuid TEXT NOT NULL UNIQUE,
  dataset TEXT NOT NULL,
  writer TEXT NOT NULL,
  started BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('PENDING', 'ABORTING', 'DELETED'))
);
CREATE TABLE export_path (
  export_id BIGINT NOT NULL REFERENCES export (id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  PRIMARY KEY (export_id, path)
);

-- The newest version and the number of versions are kept here, so that nobody has to search or
-- count.
CREATE TABLE dataset (
  id {identity},
  name TEXT NOT NULL UNIQUE,
  slug TEXT NOT NULL UNIQUE,
  last_version BIGINT NOT NULL,
  last_version_id BIGINT NOT NULL,
  versions BIGINT NOT NULL,
  changed BIGINT NOT NULL
);
CREATE INDEX dataset_by_change ON dataset (last_version_id);

-- A clock era ends where the clock ran backwards: within one, versions are in the order of time.
CREATE TABLE version (
  id {identity},
  dataset_id BIGINT NOT NULL REFERENCES dataset (id),
  number BIGINT NOT NULL,
  export_uuid TEXT NOT NULL UNIQUE,
  operation TEXT NOT NULL,
  created BIGINT NOT NULL,
  clock_ran_backwards BIGINT NOT NULL,
  clock_era BIGINT NOT NULL,
  digest TEXT NOT NULL,
  row_count BIGINT NOT NULL,
  byte_count BIGINT NOT NULL,
  table_count BIGINT NOT NULL,
  file_count BIGINT NOT NULL,
  message TEXT NOT NULL,
  author TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('committed', 'expired')),
  idempotency_key TEXT,
  mirrored BIGINT NOT NULL,
  details TEXT NOT NULL,
  UNIQUE (dataset_id, number)
);
CREATE INDEX version_by_export ON version (dataset_id, export_uuid);
CREATE INDEX version_by_time ON version (dataset_id, clock_era, created, number);
CREATE UNIQUE INDEX version_by_key ON version (dataset_id, idempotency_key)
  WHERE idempotency_key IS NOT NULL;
CREATE INDEX version_unmirrored ON version (id) WHERE mirrored = 0;

-- A rollback refers to the tables of an old version, and through them to its files.
CREATE TABLE data_table (
  id {identity},
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  row_count BIGINT NOT NULL,
  column_count BIGINT NOT NULL,
  digest TEXT NOT NULL,
  schema_fingerprint TEXT NOT NULL,
  arrow_schema TEXT NOT NULL,
  profile TEXT NOT NULL,
  leaves {bytes} NOT NULL
);
CREATE TABLE version_table (
  version_id BIGINT NOT NULL REFERENCES version (id),
  table_id BIGINT NOT NULL REFERENCES data_table (id),
  PRIMARY KEY (version_id, table_id)
);
CREATE INDEX version_table_by_table ON version_table (table_id, version_id);
CREATE TABLE data_file (
  id {identity},
  table_id BIGINT NOT NULL REFERENCES data_table (id),
  format TEXT NOT NULL,
  path TEXT NOT NULL UNIQUE,
  row_count BIGINT NOT NULL,
  byte_count BIGINT NOT NULL,
  md5 TEXT NOT NULL,
  xxh3_128 TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  details TEXT NOT NULL
);
CREATE INDEX data_file_by_table ON data_file (table_id);

CREATE TABLE tag (
  dataset_id BIGINT NOT NULL REFERENCES dataset (id),
  name TEXT NOT NULL,
  version_id BIGINT NOT NULL REFERENCES version (id),
  PRIMARY KEY (dataset_id, name)
);
CREATE INDEX tag_by_version ON tag (version_id, name);

CREATE TABLE event (
  id {identity},
  happened BIGINT NOT NULL,
  dataset TEXT NOT NULL,
  version BIGINT NOT NULL,
  kind TEXT NOT NULL,
  details TEXT NOT NULL
);
CREATE INDEX event_by_dataset ON event (dataset, id);
)sql";

// A checkpoint has a row from before its first file until after its last.
constexpr std::string_view kCheckpoints = R"sql(
CREATE TABLE checkpoint_process (
  id {identity},
  name TEXT NOT NULL UNIQUE,
  slug TEXT NOT NULL UNIQUE,
  epoch BIGINT NOT NULL,
  last_sequence BIGINT NOT NULL,
  holder TEXT NOT NULL
);
CREATE TABLE checkpoint (
  id {identity},
  process_id BIGINT NOT NULL REFERENCES checkpoint_process (id),
  uid TEXT NOT NULL UNIQUE,
  sequence BIGINT NOT NULL,
  epoch BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('PENDING', 'COMMITTED', 'ASIDE', 'DELETED')),
  step TEXT NOT NULL,
  completed_steps TEXT NOT NULL,
  name TEXT NOT NULL,
  schema_version TEXT NOT NULL,
  application_version TEXT NOT NULL,
  created BIGINT NOT NULL,
  row_count BIGINT NOT NULL,
  byte_count BIGINT NOT NULL,
  new_byte_count BIGINT NOT NULL,
  digest TEXT NOT NULL,
  metadata_sha256 TEXT NOT NULL,
  version_mark BIGINT NOT NULL,
  UNIQUE (process_id, sequence)
);
CREATE INDEX checkpoint_unfinished ON checkpoint (id) WHERE state IN ('PENDING', 'DELETED');
CREATE INDEX checkpoint_by_name ON checkpoint (process_id, name) WHERE name <> '';
)sql";

// Migration n takes the schema from version n to n + 1.
constexpr std::array kMigrations{kFirstSchema, kCheckpoints, kLineageSchema};

}  // namespace

int newest_schema() {
  return static_cast<int>(kMigrations.size());
}

int schema_version_of(Connection& connection) {
  const auto rows =
      connection.query("SELECT version FROM schema_version ORDER BY version DESC LIMIT 1", {});
  return rows->next() ? static_cast<int>(rows->integer(0)) : 0;
}

void migrate(Connection& connection) {
  Connection::Transaction transaction(connection);
  connection.run_script("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY)");
  const int found = schema_version_of(connection);
  if (found < 0 || found > newest_schema()) {
    throw Error(ErrorKind::unsupported,
                fmt::format("the catalog has schema {}, made by a newer Cairn; this one knows "
                            "schemas up to {}",
                            found, newest_schema()),
                "use the newer program");
  }
  const Connection::Dialect dialect = connection.dialect();
  for (int version = found; version < newest_schema(); ++version) {
    connection.run_script(fmt::format(fmt::runtime(kMigrations.at(static_cast<size_t>(version))),
                                      fmt::arg("identity", dialect.identity),
                                      fmt::arg("bytes", dialect.bytes),
                                      fmt::arg("clustered", dialect.clustered)));
    connection.execute("INSERT INTO schema_version (version) VALUES (?)", {version + 1});
  }
  transaction.commit();
}

}  // namespace cairn::catalog
