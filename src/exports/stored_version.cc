#include "exports/stored_version.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/names.h"
#include "cairn/error.h"
#include "data/logical_type.h"
#include "formats/csv/dialect.h"

namespace cairn::exports {

data::TableDigest recorded_digest(const catalog::TableRow& table) {
  data::TableDigest digest = data::TableDigester(*data::decode_schema(table.schema)).finish();
  digest.rows = table.rows;
  digest.root = table.digest;
  data::unpack_leaves(table.leaves, digest);
  return digest;
}

integrity::StoredFile stored_file(const io::Layout& layout, const catalog::FileRow& file,
                                  const catalog::TableRow& table) {
  return stored_file(layout, file, table, data::decode_schema(table.schema),
                     recorded_digest(table));
}

integrity::StoredFile stored_file(const io::Layout& layout, const catalog::FileRow& file,
                                  const catalog::TableRow& table,
                                  const std::shared_ptr<arrow::Schema>& schema,
                                  const data::TableDigest& digest) {
  integrity::StoredFile stored;
  stored.path = layout.resolve(file.path);
  stored.name = file.path;
  stored.table = table.name;
  stored.format = parse_format(file.format);
  stored.bytes = file.bytes;
  stored.checksums = {file.md5, file.xxh3_128, file.sha256};
  stored.schema = schema;
  if (stored.format == Format::csv)
    stored.dialect = formats::csv_dialect_from_json(file.details.at("dialect"));
  stored.digest = digest;
  return stored;
}

void require_consistent(const catalog::Version& version) {
  std::vector<std::pair<std::string, std::string>> roots;
  int64_t rows = 0;
  int64_t bytes = 0;
  for (const catalog::TableRow& table : version.table_rows) {
    roots.emplace_back(table.name, table.digest);
    rows += table.rows;
  }
  for (const catalog::FileRow& file : version.file_rows) bytes += file.bytes;
  const char* const wrong =
      version.tables != static_cast<int64_t>(version.table_rows.size()) ? "tables"
      : version.files != static_cast<int64_t>(version.file_rows.size()) ? "files"
      : version.rows != rows                                            ? "rows"
      : version.bytes != bytes                                          ? "bytes"
      : version.digest != data::digest_of_tables(roots)                 ? "digest"
                                                                        : nullptr;
  if (wrong == nullptr) return;
  throw Error(ErrorKind::corrupt,
              fmt::format("the catalog contradicts itself about version {} of '{}': its {} are not "
                          "those of its parts",
                          version.version, printable(version.dataset), wrong),
              "restore catalog.sqlite from a backup; the data files are not touched by this");
}

const catalog::TableRow& find_table(const catalog::Version& version, const std::string& name) {
  const auto& tables = version.table_rows;
  const auto found = name.empty()
                         ? tables.begin()
                         : std::find_if(tables.begin(), tables.end(),
                                        [&](const auto& table) { return table.name == name; });
  if (found != tables.end()) return *found;
  std::string known;
  for (const auto& table : tables) known += (known.empty() ? "" : ", ") + printable(table.name);
  throw Error(ErrorKind::not_found,
              fmt::format("version {} of '{}' has no table '{}'", version.version,
                          printable(version.dataset), printable(name)),
              "its tables are " + known);
}

}  // namespace cairn::exports
