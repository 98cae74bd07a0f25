#include "checkpoints/extract.h"

#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <fmt/format.h>

#include <set>

#include "base/names.h"
#include "cairn/error.h"
#include "checkpoints/state_document.h"
#include "formats/csv/csv_codec.h"
#include "formats/csv/dialect.h"
#include "formats/parquet/parquet_codec.h"
#include "io/file.h"
#include "io/folder.h"

namespace cairn::checkpoints {
namespace {

namespace fs = std::filesystem;

std::unique_ptr<formats::Codec> codec_for(const std::shared_ptr<arrow::Schema>& schema,
                                          Format format, const PipelineConfig& config) {
  if (format == Format::parquet) return formats::make_parquet_codec(schema, config.parquet);
  return formats::make_csv_codec(schema, formats::effective_dialect(*schema, config.csv));
}

void write_table(const arrow::Table& table, const fs::path& path, Format format,
                 const PipelineConfig& config, engine::Engine& engine) {
  const auto codec = codec_for(table.schema(), format, config);
  io::StagedFile staged(path.parent_path() / fmt::format(".{}.tmp", path.filename().string()), path,
                        {.md5 = false});
  arrow::TableBatchReader reader(table);
  engine.write(reader, {{*codec, staged, /*decode_back=*/false, {}}}, no_progress());
  std::move(staged).seal().publish();
}

}  // namespace

std::vector<fs::path> extract(const Checkpoint& checkpoint, const fs::path& folder, Format format,
                              const PipelineConfig& config, engine::Engine& engine) {
  if (!io::is_missing_or_empty(folder))
    throw Error(ErrorKind::already_exists,
                fmt::format("the folder '{}' is not empty", printable(folder.native())),
                "name a new folder");
  io::create_folders(folder);
  std::vector<fs::path> files{folder / "state.json"};
  CheckpointNote note;
  note.schema_version = checkpoint.info.schema_version;
  note.application_version = checkpoint.info.application_version;
  io::replace_file(files.front(), to_state_text(checkpoint.content, note));
  std::set<std::string> slugs;
  for (const auto& [name, table] : checkpoint.content.tables) {
    files.push_back(folder / fmt::format("{}.{}", distinct_slug(name, slugs), to_string(format)));
    write_table(*table, files.back(), format, config, engine);
  }
  io::sync_folder(folder);
  return files;
}

}  // namespace cairn::checkpoints
