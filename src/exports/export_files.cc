#include "exports/export_files.h"

#include <fmt/format.h>

#include <set>

#include "base/json.h"
#include "base/names.h"
#include "cairn/error.h"
#include "formats/csv/csv_codec.h"
#include "formats/csv/dialect.h"
#include "formats/parquet/parquet_codec.h"
#include "io/layout.h"

namespace cairn::exports {
namespace {

void check_table_names(const std::vector<std::string>& tables) {
  std::set<std::string> seen;
  for (const std::string& name : tables) {
    check_name("table name", name);
    if (seen.insert(name).second) continue;
    throw Error(ErrorKind::invalid_argument,
                fmt::format("two tables are named '{}'", printable(name)),
                "give each table a name of its own");
  }
}

}  // namespace

std::vector<PlannedFile> plan_files(const std::string& dataset,
                                    const std::vector<std::string>& tables,
                                    const std::vector<Format>& formats, const Uuid& id,
                                    TimePoint created) {
  check_name("dataset name", dataset);
  check_table_names(tables);
  std::vector<PlannedFile> files;
  std::set<std::string> slugs;
  for (size_t table = 0; table < tables.size(); ++table) {
    const std::string name = distinct_slug(tables[table], slugs);
    for (const Format format : formats) {
      const std::string path =
          table == 0
              ? io::Layout::data_file(dataset, created, id.id8(), to_string(format))
              : io::Layout::analytical_file(dataset, name, created, id.id8(), to_string(format));
      files.push_back({table, format, path});
    }
  }
  return files;
}

TableCodec make_codec(Format format, const std::shared_ptr<arrow::Schema>& schema,
                      const PipelineConfig& config) {
  if (format == Format::csv) {
    const CsvDialect dialect = formats::effective_dialect(*schema, config.csv);
    return {formats::make_csv_codec(schema, dialect), {{"dialect", formats::to_json(dialect)}}};
  }
  return {formats::make_parquet_codec(schema, config.parquet),
          {{"options", formats::to_json(config.parquet)}}};
}

}  // namespace cairn::exports
