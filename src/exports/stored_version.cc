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
