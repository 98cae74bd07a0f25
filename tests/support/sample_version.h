#pragma once

#include <arrow/api.h>

#include <chrono>
#include <string>
#include <utility>

#include "catalog/rows.h"
#include "data/logical_type.h"

namespace cairn::exports {

/// A dialect as recorded with a CSV file.
inline Json recorded_dialect(const std::string& null_token = "") {
  return {{"delimiter", ","},        {"crlf", false}, {"quoting", "minimal"},
          {"header", true},          {"bom", false},  {"null_token", null_token},
          {"formula_policy", "keep"}};
}

/// What the profile of one column says that decides how it is described and read.
inline Json recorded_profile(const std::string& name, int64_t nulls = 0, int64_t empties = 0) {
  return {{"name", name},    {"nulls", nulls},  {"empties", empties},   {"nans", 0},
          {"min_length", 0}, {"max_length", 8}, {"has_newlines", false}};
}

inline catalog::TableRow sample_table(const arrow::Schema& schema, Json profile = Json::array(),
                                      const std::string& name = "processed_data") {
  catalog::TableRow table;
  table.name = name;
  table.role = "processed";
  table.rows = 3;
  table.columns = schema.num_fields();
  table.digest = "cd1:" + std::string(64, '1');
  table.schema_fingerprint = "sf1:" + std::string(64, '2');
  table.schema = data::encode_schema(schema);
  table.profile = std::move(profile);
  return table;
}

inline catalog::FileRow sample_file(const std::string& format, Json dialect = recorded_dialect()) {
  catalog::FileRow file;
  file.table = "processed_data";
  file.format = format;
  file.path = format + "/orders_20260115_093012_3f9a1c2e." + format;
  file.rows = 3;
  file.bytes = 1234;
  file.md5 = std::string(32, 'a');
  file.xxh3_128 = std::string(32, 'b');
  if (format == "csv")
    file.details = {{"dialect", std::move(dialect)}, {"formula_cells", Json::object()}};
  else
    file.details = {{"options", {{"compression", "snappy"}}}, {"row_groups", 1}};
  return file;
}

/// Version 42 of "Orders", one table in CSV and Parquet.
inline catalog::Version sample_version(const arrow::Schema& schema, Json profile = Json::array()) {
  catalog::Version version;
  version.dataset = "Orders";
  version.slug = "orders";
  version.version = 42;
  version.export_uuid = "0198f0a2-7c31-7d52-9f00-5b0e8c3f9a1c";
  version.operation = "export";
  version.created = TimePoint(std::chrono::microseconds(1768469412417000));
  version.digest = "cd1:" + std::string(64, '3');
  version.rows = 3;
  version.bytes = 2468;
  version.tables = 1;
  version.files = 2;
  version.message = "nightly";
  version.author = "etl";
  version.state = "committed";
  version.tags = {"prod"};
  version.details = {{"verification", {{"level", "content"}, {"result", "pass"}}},
                     {"producer", {{"cairn", "0.1.0"}}}};
  version.table_rows = {sample_table(schema, std::move(profile))};
  version.file_rows = {sample_file("csv"), sample_file("parquet")};
  return version;
}

}  // namespace cairn::exports
