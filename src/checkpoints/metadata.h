#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/checkpoint_info.h"

namespace cairn::checkpoints {

/// A file of a checkpoint and what it must be.
struct StoredFile {
  std::string path;  // relative to the checkpoint
  int64_t bytes = 0;
  std::string xxh3_128;
};

/// A column as a part holds it.
struct StoredColumn {
  int64_t position = -1;  // in the table; -1 where the table has taken it from elsewhere
  std::string sha256;     // data::TableDigest::Column
  int64_t memory = 0;     // bytes in memory when it was written: its share of the file
};

/// A Parquet file with columns of a table, which checkpoints may share.
struct TablePart {
  StoredFile file;
  int64_t origin = 0;  // sequence of the checkpoint that wrote it
  std::string schema;  // data::encode_schema of its columns
  std::vector<StoredColumn> columns;
};

/// A table, in as many parts as it has been changed in.
struct StoredTable {
  std::string name;
  int64_t rows = 0;
  std::string digest;  // cd1:…
  std::string schema;  // data::encode_schema
  std::vector<TablePart> parts;
};

/// What a checkpoint's metadata.json says: everything that is needed to load it, and to know that
/// it is whole (docs/formats.md).
struct Metadata {
  CheckpointInfo info;  // without the sizes, which it is part of
  std::string parent;   // id of the checkpoint before it; empty for the first
  int64_t version_mark = 0;
  StoredFile state;
  std::vector<StoredTable> tables;
};

/// The text of metadata.json, its hash of itself included.
std::string to_text(const Metadata& metadata);

/// Errors   corrupt for what is not whole; unsupported for what a newer program wrote.
Metadata metadata_from(std::string_view text);

/// The files of a checkpoint but metadata.json.
std::vector<StoredFile> files_of(const Metadata& metadata);

}  // namespace cairn::checkpoints
