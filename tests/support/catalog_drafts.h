#pragma once

#include <fmt/format.h>

#include <string>

#include "catalog/catalog.h"

namespace cairn::catalog {

inline TimePoint at_second(int64_t seconds) {
  return TimePoint(std::chrono::seconds(seconds));
}

/// A version of one table in two formats, with a value in every field.
inline VersionDraft draft_of(const std::string& dataset, const std::string& uuid,
                             const std::string& digest = "cd1:aa") {
  VersionDraft draft;
  draft.export_uuid = uuid;
  draft.dataset = dataset;
  draft.created = at_second(1000);
  draft.digest = digest;
  draft.rows = 3;
  draft.bytes = 70;
  draft.message = "first 'quoted' message";
  draft.author = "Åsa";
  draft.details = Json{{"verified", "content"}};
  TableRow table;
  table.name = "orders";
  table.role = "processed";
  table.rows = 3;
  table.columns = 2;
  table.digest = digest;
  table.schema_fingerprint = "sf1:bb";
  table.schema = "c2NoZW1h";
  table.leaves = std::string("\x00\xff leaf", 7);
  table.profile = Json::array({Json{{"name", "id"}}});
  draft.tables = {table};
  for (const char* format : {"csv", "parquet"}) {
    FileRow file;
    file.table = "orders";
    file.format = format;
    file.path = fmt::format("{}/orders_{}.{}", format, uuid, format);
    file.rows = 3;
    file.bytes = 35;
    file.md5 = "d41d8cd98f00b204e9800998ecf8427e";
    file.xxh3_128 = "99aa06d3014798d86001c324468d497f";
    file.details = Json{{"delimiter", ","}};
    draft.files.push_back(file);
  }
  return draft;
}

inline ExportIntent intent_of(const VersionDraft& draft) {
  ExportIntent intent{draft.export_uuid, draft.dataset, "writer-1", draft.created, {}};
  for (const FileRow& file : draft.files) intent.paths.push_back(file.path);
  return intent;
}

inline DatasetVersion announce_and_commit(Catalog& catalog, const VersionDraft& draft) {
  catalog.announce(intent_of(draft));
  return catalog.commit(draft);
}

}  // namespace cairn::catalog
