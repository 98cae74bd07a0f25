// Fills the catalog of an output folder with versions of one dataset, as exports of a small table
// would have, but for the files:
//   seed_catalog OUTPUT_FOLDER DATASET VERSIONS
// Run it on a RAM disk and copy the folder: every version is three durable transactions.

#include <fmt/format.h>

#include <cstdlib>
#include <memory>

#include "base/clock.h"
#include "base/ids.h"
#include "cairn/error.h"
#include "store/store.h"

namespace cairn::bench {
namespace {

catalog::TableRow small_table(const std::string& digest) {
  catalog::TableRow table;
  table.name = "processed_data";
  table.role = "processed";
  table.rows = 100;
  table.columns = 2;
  table.digest = digest;
  table.schema_fingerprint = "sf1:" + std::string(64, '0');
  table.schema = std::string(400, 's');
  table.leaves = std::string(64, 'l');
  table.profile = Json::array({{{"name", "id"}}, {{"name", "value"}}});
  return table;
}

catalog::FileRow small_file(const store::Store& store, const std::string& dataset, const Uuid& id,
                            const std::string& format) {
  catalog::FileRow file;
  file.table = "processed_data";
  file.format = format;
  file.path = io::Layout::data_file(dataset, store.now(), id.id8(), format);
  file.rows = 100;
  file.bytes = 2000;
  file.md5 = std::string(32, 'd');
  file.xxh3_128 = std::string(32, 'e');
  return file;
}

void commit_one(store::Store& store, const std::string& dataset) {
  const Uuid id = store.new_id();
  catalog::VersionDraft draft;
  draft.export_uuid = id.text();
  draft.dataset = dataset;
  draft.created = store.now();
  draft.digest = "cd1:" + std::string(32, '0') + id.text().substr(0, 32);
  draft.rows = 100;
  draft.bytes = 4000;
  draft.author = "bench";
  draft.details = {{"verification", {{"level", "content"}, {"result", "pass"}}}};
  draft.tables = {small_table(draft.digest)};
  catalog::ExportIntent intent{draft.export_uuid, dataset, store.writer(), draft.created, {}};
  for (const char* format : {"csv", "parquet"}) {
    draft.files.push_back(small_file(store, dataset, id, format));
    intent.paths.push_back(draft.files.back().path);
  }
  store.catalog().announce(intent);
  store.catalog().mark_mirrored(dataset, store.catalog().commit(draft).version);
}

void run(const std::string& output, const std::string& dataset, int64_t versions) {
  PipelineConfig config;
  config.output_data_path = output;
  const auto store = store::Store::open(config, store::Store::Mode::create);
  for (int64_t i = 0; i < versions; ++i) commit_one(*store, dataset);
}

}  // namespace
}  // namespace cairn::bench

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: seed_catalog OUTPUT_FOLDER DATASET VERSIONS\n");
    return 2;
  }
  try {
    cairn::bench::run(argv[1], argv[2], std::strtoll(argv[3], nullptr, 10));
    return 0;
  } catch (const cairn::Error& error) {
    fmt::print(stderr, "seed_catalog: {}\n", error.what());
    return cairn::exit_code(error.kind());
  }
}
