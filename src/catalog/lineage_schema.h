#pragma once

#include <string_view>

namespace cairn::catalog {

/// The tables of lineage, and what is known of versions that were published before there were any.
/// A part of the migrations, which see docs/catalog.md: never edited once released.
inline constexpr std::string_view kLineageSchema = R"sql(
-- The newest version is kept here, so that nobody has to search.
CREATE TABLE lineage_dataset (
  id {identity},
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  last_sequence BIGINT NOT NULL,
  last_node_key BIGINT NOT NULL,
  UNIQUE (namespace, name)
);
CREATE INDEX lineage_dataset_by_change ON lineage_dataset (last_node_key);

-- A version of a dataset. What is not known is '' or -1.
CREATE TABLE lineage_node (
  id {identity},
  dataset_key BIGINT NOT NULL REFERENCES lineage_dataset (id),
  sequence BIGINT NOT NULL,
  digest TEXT NOT NULL,
  schema_fingerprint TEXT NOT NULL,
  row_count BIGINT NOT NULL,
  byte_count BIGINT NOT NULL,
  path TEXT NOT NULL,
  metadata TEXT NOT NULL,
  created BIGINT NOT NULL,
  failed_check TEXT NOT NULL,
  UNIQUE (dataset_key, sequence)
);
CREATE INDEX lineage_node_by_digest ON lineage_node (digest, id) WHERE digest <> '';

CREATE TABLE lineage_run (
  id {identity},
  run_id TEXT NOT NULL UNIQUE,
  job TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('RUNNING', 'COMPLETE', 'FAIL', 'ABORT')),
  parent TEXT NOT NULL,
  writer TEXT NOT NULL,
  code_version TEXT NOT NULL,
  parameters TEXT NOT NULL,
  columns_json TEXT NOT NULL,
  error TEXT NOT NULL,
  started BIGINT NOT NULL,
  ended BIGINT NOT NULL
);
CREATE INDEX lineage_run_by_job ON lineage_run (job, id);
CREATE INDEX lineage_run_running ON lineage_run (id) WHERE state = 'RUNNING';

-- What a run read (role 0) and made (role 1).
CREATE TABLE lineage_part (
  run_key BIGINT NOT NULL REFERENCES lineage_run (id),
  role BIGINT NOT NULL,
  node_key BIGINT NOT NULL REFERENCES lineage_node (id),
  PRIMARY KEY (run_key, role, node_key)
) {clustered};
CREATE INDEX lineage_part_by_node ON lineage_part (node_key, role, run_key);

-- What was made of what. Written when a run makes something, from all that it had read by then.
-- Both orders carry all that a traversal needs.
CREATE TABLE lineage_edge (
  to_key BIGINT NOT NULL REFERENCES lineage_node (id),
  from_key BIGINT NOT NULL REFERENCES lineage_node (id),
  run_key BIGINT NOT NULL REFERENCES lineage_run (id),
  created BIGINT NOT NULL,
  PRIMARY KEY (to_key, from_key, run_key)
) {clustered};
CREATE INDEX lineage_edge_by_source ON lineage_edge (from_key, to_key, run_key, created);

INSERT INTO lineage_dataset (namespace, name, last_sequence, last_node_key)
  SELECT 'cairn', name, last_version, 0 FROM dataset ORDER BY id;
INSERT INTO lineage_node (dataset_key, sequence, digest, schema_fingerprint, row_count, byte_count,
                          path, metadata, created, failed_check)
  SELECT l.id, v.number, v.digest,
    COALESCE((SELECT t.schema_fingerprint FROM version_table vt
              JOIN data_table t ON t.id = vt.table_id
              WHERE vt.version_id = v.id ORDER BY t.id LIMIT 1), ''),
    v.row_count, v.byte_count,
    'metadata/' || d.slug || '_v' ||
      CASE WHEN v.number < 1000000 THEN substr('000000', 1 + length(CAST(v.number AS TEXT))) ELSE '' END
      || CAST(v.number AS TEXT) || '.json',
    '{{}}', v.created, ''
  FROM version v JOIN dataset d ON d.id = v.dataset_id
  JOIN lineage_dataset l ON l.name = d.name
  ORDER BY v.id;
UPDATE lineage_dataset SET last_node_key = COALESCE(
  (SELECT MAX(n.id) FROM lineage_node n WHERE n.dataset_key = lineage_dataset.id), 0);
INSERT INTO lineage_run (run_id, job, kind, state, parent, writer, code_version, parameters,
                         columns_json, error, started, ended)
  SELECT v.export_uuid, v.operation || ' ' || d.name, v.operation, 'COMPLETE', '', '', '', '{{}}',
    '[]', '', v.created, v.created
  FROM version v JOIN dataset d ON d.id = v.dataset_id ORDER BY v.id;
INSERT INTO lineage_part (run_key, role, node_key)
  SELECT r.id, 1, n.id
  FROM version v JOIN dataset d ON d.id = v.dataset_id
  JOIN lineage_dataset l ON l.name = d.name
  JOIN lineage_node n ON n.dataset_key = l.id AND n.sequence = v.number
  JOIN lineage_run r ON r.run_id = v.export_uuid;
-- A rollback does not say where it went back to: to the last version with the same content.
INSERT INTO lineage_edge (to_key, from_key, run_key, created)
  SELECT p.node_key, (SELECT MAX(older.id) FROM lineage_node older
                      WHERE older.dataset_key = n.dataset_key AND older.digest = n.digest
                        AND older.sequence < n.sequence), r.id, n.created
  FROM lineage_run r JOIN lineage_part p ON p.run_key = r.id
  JOIN lineage_node n ON n.id = p.node_key
  WHERE r.kind = 'rollback' AND EXISTS (SELECT 1 FROM lineage_node older
    WHERE older.dataset_key = n.dataset_key AND older.digest = n.digest
      AND older.sequence < n.sequence);
INSERT INTO lineage_part (run_key, role, node_key) SELECT run_key, 0, from_key FROM lineage_edge;
)sql";

}  // namespace cairn::catalog
