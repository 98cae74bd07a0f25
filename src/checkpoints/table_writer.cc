#include "checkpoints/table_writer.h"

#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/util/byte_size.h>
#include <fmt/format.h>

#include <chrono>

#include "base/names.h"
#include "cairn/error.h"
#include "data/arrow_error.h"
#include "data/logical_type.h"
#include "engine/digest_table.h"
#include "formats/parquet/parquet_codec.h"
#include "io/folder.h"
#include "io/layout.h"

namespace cairn::checkpoints {
namespace {

namespace fs = std::filesystem;

// A damaged file must not go from checkpoint to checkpoint for ever, while the data that it should
// hold is at hand; and reading it every time would cost more than all the rest.
constexpr std::chrono::minutes kTrustedFor{10};

// Nobody filters a checkpoint: what helps with that is left out.
ParquetOptions options_for_reading_whole(ParquetOptions options) {
  options.statistics = false;
  options.page_index = false;
  return options;
}

int64_t bytes_in_memory(const arrow::ChunkedArray& column) {
  const auto bytes = arrow::util::ReferencedBufferSize(column);
  return bytes.ok() ? *bytes : arrow::util::TotalBufferSize(column);
}

void require_unchanged(const StoredTable& table, const std::vector<int>& columns,
                       const data::TableDigest& before, const data::TableDigest& written) {
  for (size_t i = 0; i < columns.size(); ++i) {
    const auto& column = before.columns[static_cast<size_t>(columns[i])];
    if (column.sha256 == written.columns[i].sha256) continue;
    throw Error(ErrorKind::conflict,
                fmt::format("cannot save table '{}': somebody changes its column '{}' meanwhile",
                            printable(table.name), printable(column.name)),
                "pass a copy of data that is changed in place");
  }
}

void require_read_back(const StoredTable& table, const engine::OutputResult& result) {
  if (result.differences.empty()) return;
  const data::LeafDifference& first = result.differences.front();
  throw Error(
      ErrorKind::corrupt,
      fmt::format("the Parquet of table '{}' does not read back as it came in: column "
                  "'{}', rows {} to {}",
                  printable(table.name), printable(first.column), first.first_row, first.last_row),
      "nothing was saved; was the table changed meanwhile?");
}

}  // namespace

TableWriter::TableWriter(engine::Engine& engine, const ParquetOptions& options,
                         const CheckpointInfo& info, fs::path folder,
                         const SharedCheckpoint* before, TimePoint now)
    : engine_(engine),
      options_(options_for_reading_whole(options)),
      info_(info),
      folder_(std::move(folder)),
      before_(before),
      now_(now) {}

StoredTable TableWriter::write(const std::string& name,
                               const std::shared_ptr<arrow::Table>& table) {
  const std::string slug = name == "data" ? "" : distinct_slug(name, slugs_);
  StoredTable stored;
  stored.name = name;
  stored.rows = table->num_rows();
  stored.schema = data::encode_schema(*table->schema());
  data::TableDigest digest;
  PartPlan plan;
  const StoredTable* before = table_before(name);
  if (before != nullptr || table->num_columns() == 0) {
    digest = engine::digest_table(table, engine_.threads());
    plan = plan_parts(before == nullptr ? StoredTable() : *before, *table->schema(), digest);
  } else {
    for (int i = 0; i < table->num_columns(); ++i) plan.to_write.push_back(i);
  }
  std::set<int> to_write(plan.to_write.begin(), plan.to_write.end());
  for (TablePart& part : plan.reused) {
    if (link(part, slug, table->num_columns())) {
      stored.parts.push_back(std::move(part));
      continue;
    }
    for (const StoredColumn& column : part.columns)
      if (column.position >= 0) to_write.insert(static_cast<int>(column.position));
  }
  if (!to_write.empty())
    stored.parts.push_back(
        write_part(stored, slug, *table, {to_write.begin(), to_write.end()}, digest));
  stored.digest = digest.root;
  return stored;
}

const StoredTable* TableWriter::table_before(const std::string& name) const {
  if (before_ == nullptr) return nullptr;
  for (const StoredTable& table : before_->metadata.tables)
    if (table.name == name) return &table;
  return nullptr;
}

bool TableWriter::link(TablePart& part, const std::string& slug, int table_columns) {
  const auto seen = intact_since(part.file);
  const std::string path = part_path(slug, part, table_columns);
  if (!seen || !io::link_file(io::Layout::resolve_in(before_->folder, part.file.path), place(path)))
    return false;
  checked_[path] = *seen;
  part.file.path = path;
  return true;
}

std::optional<TimePoint> TableWriter::intact_since(const StoredFile& file) const {
  const fs::path path = io::Layout::resolve_in(before_->folder, file.path);
  if (!io::file_exists(path) || io::bytes_of_file(path) != file.bytes) return std::nullopt;
  const auto seen = before_->checked.find(file.path);
  if (seen != before_->checked.end() && seen->second <= now_ && now_ - seen->second < kTrustedFor)
    return seen->second;
  if (io::checksum_file(path, {.md5 = false}).xxh3_128 != file.xxh3_128) return std::nullopt;
  return now_;
}

TablePart TableWriter::write_part(const StoredTable& table, const std::string& slug,
                                  const arrow::Table& contents, const std::vector<int>& columns,
                                  data::TableDigest& digest) {
  const auto selected = value_or_throw(contents.SelectColumns(columns), "select columns");
  TablePart part;
  part.origin = info_.sequence;
  part.schema = data::encode_schema(*selected->schema());
  for (size_t i = 0; i < columns.size(); ++i)
    part.columns.push_back(
        {columns[i], "", bytes_in_memory(*selected->column(static_cast<int>(i)))});
  part.file.path = part_path(slug, part, contents.num_columns());

  const fs::path path = place(part.file.path);
  io::StagedFile staged(path.parent_path() / fmt::format(".{}.tmp", path.filename().string()), path,
                        {.md5 = false});
  const auto codec = formats::make_parquet_codec(selected->schema(), options_);
  const auto describe = [&](const data::TableDigest& written) {
    return std::map<std::string, std::string>{{"cairn.checkpoint", info_.id},
                                              {"cairn.table", table.name},
                                              {"cairn.digest", written.root}};
  };
  arrow::TableBatchReader reader(selected);
  const auto written =
      engine_.write(reader, {{*codec, staged, /*decode_back=*/true, describe}}, no_progress());
  require_read_back(table, written.outputs.front());
  if (digest.root.empty()) {
    digest = written.digest;  // nothing was known of the table: all of it was written
  } else {
    require_unchanged(table, columns, digest, written.digest);
  }
  for (size_t i = 0; i < columns.size(); ++i)
    part.columns[i].sha256 = written.digest.columns[i].sha256;
  io::SealedFile sealed = std::move(staged).seal();
  part.file.bytes = sealed.bytes();
  part.file.xxh3_128 = sealed.checksums().xxh3_128;
  std::move(sealed).publish();
  checked_[part.file.path] = now_;
  new_bytes_ += part.file.bytes;
  return part;
}

fs::path TableWriter::place(const std::string& path) {
  fs::path full = io::Layout::resolve_in(folder_, path);
  const fs::path folder = full.parent_path();
  if (!io::file_exists(folder)) io::create_folder(folder);
  folders_.insert(folder);
  return full;
}

}  // namespace cairn::checkpoints
