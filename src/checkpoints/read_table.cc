#include "checkpoints/read_table.h"

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "base/names.h"
#include "cairn/error.h"
#include "data/arrow_error.h"
#include "data/logical_type.h"
#include "engine/digest_table.h"
#include "formats/parquet/parquet_codec.h"
#include "io/layout.h"

namespace cairn::checkpoints {
namespace {

[[noreturn]] void damaged(const StoredTable& table, const std::string& why) {
  throw Error(ErrorKind::corrupt, fmt::format("its table '{}' {}", printable(table.name), why),
              "load an older checkpoint");
}

// The columns of a part that the table uses, at their positions in `columns`.
void read_part(const std::filesystem::path& folder, const StoredTable& table, const TablePart& part,
               arrow::ChunkedArrayVector& columns) {
  formats::ParquetSelection selection;
  for (size_t i = 0; i < part.columns.size(); ++i)
    if (part.columns[i].position >= 0) selection.columns.push_back(static_cast<int>(i));
  if (selection.columns.empty()) return;
  // Not from a capped pool: these bytes are what was saved from the memory of such a process.
  const auto file =
      formats::ParquetFile::open(io::Layout::resolve_in(folder, part.file.path),
                                 data::decode_schema(part.schema), arrow::default_memory_pool());
  const auto reader = file.read(selection);
  const auto read = value_or_throw(reader->ToTable(), "read " + part.file.path);
  for (size_t i = 0; i < selection.columns.size(); ++i) {
    const auto position =
        static_cast<size_t>(part.columns[static_cast<size_t>(selection.columns[i])].position);
    if (position >= columns.size() || columns[position] != nullptr)
      damaged(table, "has a column in two places");
    columns[position] = read->column(static_cast<int>(i));
  }
}

}  // namespace

std::shared_ptr<arrow::Table> read_table(const std::filesystem::path& folder,
                                         const StoredTable& table, ThreadPool& threads) {
  const auto schema = data::decode_schema(table.schema);
  arrow::ChunkedArrayVector columns(static_cast<size_t>(schema->num_fields()));
  for (const TablePart& part : table.parts) read_part(folder, table, part, columns);
  for (const auto& column : columns) {
    if (column == nullptr) damaged(table, "lacks a column");
    if (column->length() != table.rows)
      damaged(table, fmt::format("has {} rows instead of {}", column->length(), table.rows));
  }
  auto whole = arrow::Table::Make(schema, std::move(columns), table.rows);
  if (engine::digest_table(whole, threads).root != table.digest)
    damaged(table, "does not have the digest that was recorded");
  return whole;
}

}  // namespace cairn::checkpoints
