#include "exports/version_files.h"

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/names.h"
#include "cairn/error.h"
#include "engine/engine.h"
#include "engine/resources.h"
#include "exports/manifest.h"
#include "exports/stored_version.h"
#include "formats/csv/csv_reader.h"
#include "formats/parquet/parquet_codec.h"
#include "io/file.h"
#include "io/folder.h"
#include "io/staged_file.h"

namespace cairn::exports {

namespace fs = std::filesystem;

namespace {

void require_files(const catalog::Version& version) {
  if (version.state != "expired") return;
  throw Error(ErrorKind::not_found,
              fmt::format("the files of version {} of '{}' were removed by retention",
                          version.version, printable(version.dataset)),
              "choose a newer version; its digests and schema can still be shown");
}

// The file to read a table from: of the format asked for, else Parquet if there is one, which is
// the faster to read.
const catalog::FileRow& choose_file(const catalog::Version& version, const std::string& table,
                                    const std::string& format) {
  const catalog::FileRow* chosen = nullptr;
  for (const catalog::FileRow& file : version.file_rows) {
    if (file.table != table || (!format.empty() && file.format != format)) continue;
    if (chosen == nullptr || file.format == to_string(Format::parquet)) chosen = &file;
  }
  if (chosen != nullptr) return *chosen;
  throw Error(ErrorKind::not_found,
              fmt::format("version {} of '{}' has no {} file of table '{}'", version.version,
                          printable(version.dataset), printable(format), printable(table)));
}

void copy_file(const fs::path& from, const fs::path& to, const catalog::FileRow& file) {
  io::create_folders(to.parent_path());
  io::StagedFile copy(to.parent_path() / fmt::format(".{}.tmp", to.filename().string()), to,
                      {.md5 = !file.md5.empty()});
  io::checksum_file(from, {.md5 = false}, [&](std::string_view chunk) { copy.write(chunk); });
  io::SealedFile sealed = std::move(copy).seal();
  if (sealed.checksums().xxh3_128 != file.xxh3_128 || sealed.checksums().md5 != file.md5) {
    throw Error(ErrorKind::corrupt,
                fmt::format("'{}' is not what was published", printable(from.native())),
                "`cairn verify` says where it differs");
  }
  std::move(sealed).publish();
  io::sync_folder(to.parent_path());
}

}  // namespace

std::shared_ptr<arrow::RecordBatchReader> read_table(store::Store& store,
                                                     const catalog::Version& version,
                                                     const std::string& table,
                                                     const std::string& format,
                                                     arrow::MemoryPool* pool) {
  require_files(version);
  const catalog::TableRow& row = find_table(version, table);
  const catalog::FileRow& file = choose_file(version, row.name, format);
  const integrity::StoredFile stored = stored_file(store.layout(), file, row);
  arrow::MemoryPool* memory = pool == nullptr ? arrow::default_memory_pool() : pool;
  if (stored.format == Format::csv)
    return formats::open_csv(stored.path, stored.schema, stored.dialect, memory);
  return formats::ParquetFile::open(stored.path, stored.schema, memory).read();
}

void copy_version(store::Store& store, const catalog::Version& version, const fs::path& folder,
                  Progress& progress) {
  require_files(version);
  if (!io::is_missing_or_empty(folder)) {
    throw Error(ErrorKind::already_exists,
                fmt::format("the folder '{}' is not empty", printable(folder.native())),
                "name a new folder");
  }
  progress.begin("copying " + printable(version.dataset), version.rows);
  for (const catalog::FileRow& file : version.file_rows) {
    copy_file(store.layout().resolve(file.path), io::Layout(folder, {}).resolve(file.path), file);
    progress.advance(file.rows);
  }
  io::replace_file(folder / "datapackage.json", to_pretty_json(render_manifest(version)));
  io::replace_file(folder / "MD5SUMS", render_md5_sums(version));
}

FileVerification::FileVerification(store::Store& store, VerifyLevel level, Progress& progress)
    : store_(store),
      level_(level),
      progress_(progress),
      engine_(std::make_unique<engine::Engine>(
          engine::resolve_threads(store.config().threads),
          engine::resolve_memory_budget(store.config().memory_budget))) {}

FileVerification::~FileVerification() = default;

IntegrityReport FileVerification::run(const catalog::Version& version) {
  require_files(version);
  IntegrityReport report;
  report.level = to_string(level_);
  for (const catalog::FileRow& file : version.file_rows) {
    auto known = reports_.find(file.path);
    if (known == reports_.end()) {
      const integrity::StoredFile stored =
          stored_file(store_.layout(), file, find_table(version, file.table));
      known = reports_
                  .emplace(file.path,
                           integrity::verify_file(stored, level_,
                                                  {engine_->threads(), engine_->pool(), progress_}))
                  .first;
    }
    report.merge(known->second);
  }
  return report;
}

}  // namespace cairn::exports
