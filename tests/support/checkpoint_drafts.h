#pragma once

#include <string>

#include "catalog/checkpoint_rows.h"
#include "support/catalog_drafts.h"

namespace cairn::catalog {

/// A claim on a process, as its writer gets it.
inline CheckpointClaim claim_of(CheckpointRows& rows, const std::string& process) {
  rows.slug_of(process);
  return rows.take_over(process, "pid 1 on here");
}

/// An announced checkpoint with a value in every field.
inline CheckpointRow announced(CheckpointRows& rows, const CheckpointClaim& claim) {
  CheckpointRow row = rows.announce(claim, at_second(1000));
  row.step = "clean";
  row.completed_steps = {"read", "jo\"in"};
  row.schema_version = "2";
  row.application_version = "9f3a";
  row.rows = 3;
  row.bytes = 700;
  row.new_bytes = 70;
  row.digest = "ck1:aa";
  row.metadata_sha256 = "sha of " + row.id;
  row.version_mark = rows.version_mark();
  return row;
}

/// So many committed checkpoints of one writer.
inline std::vector<CheckpointRow> save_checkpoints(CheckpointRows& rows, const std::string& process,
                                                   int count) {
  const CheckpointClaim claim = claim_of(rows, process);
  std::vector<CheckpointRow> saved;
  for (int i = 0; i < count; ++i) {
    saved.push_back(announced(rows, claim));
    rows.commit(saved.back(), {}, {});
  }
  return saved;
}

}  // namespace cairn::catalog
