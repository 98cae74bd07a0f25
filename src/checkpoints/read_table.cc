#include "checkpoints/read_table.h"

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <vector>

#include "base/names.h"
#include "cairn/error.h"
#include "data/arrow_error.h"
#include "data/logical_type.h"
#include "engine/digest_table.h"
#include "engine/task_group.h"
#include "formats/parquet/parquet_codec.h"
#include "io/layout.h"

namespace cairn::checkpoints {
namespace {

[[noreturn]] void damaged(const StoredTable& table, const std::string& why) {
  throw Error(ErrorKind::corrupt, fmt::format("its table '{}' {}", printable(table.name), why),
              "load an older checkpoint");
}

constexpr int kPiecesPerThread = 4;

// A part being read: the columns of it that the table uses, in pieces of some row groups each.
class PartReader {
 public:
  PartReader(const std::filesystem::path& folder, const TablePart& part)
      : path_(io::Layout::resolve_in(folder, part.file.path)),
        schema_(data::decode_schema(part.schema)) {
    for (size_t i = 0; i < part.columns.size(); ++i) {
      if (part.columns[i].position < 0) continue;
      columns_.push_back(static_cast<int>(i));
      positions_.push_back(static_cast<size_t>(part.columns[i].position));
    }
  }

  // The pieces are read by tasks, each with the file opened anew: a reader is for one thread.
  void start(engine::TaskGroup& tasks, int pieces) {
    if (columns_.empty()) return;
    const int groups = open().row_groups();
    pieces = std::clamp(groups, 1, pieces);
    pieces_.resize(static_cast<size_t>(pieces));
    for (int i = 0; i < pieces; ++i) {
      formats::ParquetSelection selection{columns_, {}};
      for (int group = groups * i / pieces; group < groups * (i + 1) / pieces; ++group)
        selection.row_groups.push_back(group);
      tasks.run([this, i, selection = std::move(selection)] {
        const auto file = open();
        pieces_[static_cast<size_t>(i)] =
            value_or_throw(file.read(selection)->ToTable(), "read a checkpoint");
      });
    }
  }

  void put_into(arrow::ChunkedArrayVector& columns, const StoredTable& table) const {
    if (columns_.empty()) return;
    const auto read = value_or_throw(arrow::ConcatenateTables(pieces_), "read a checkpoint");
    for (size_t i = 0; i < positions_.size(); ++i) {
      if (positions_[i] >= columns.size() || columns[positions_[i]] != nullptr)
        damaged(table, "has a column in two places");
      columns[positions_[i]] = read->column(static_cast<int>(i));
    }
  }

 private:
  // Not from a capped pool: these bytes are what was saved from the memory of such a process.
  formats::ParquetFile open() const {
    return formats::ParquetFile::open(path_, schema_, arrow::default_memory_pool());
  }

  const std::filesystem::path path_;
  const std::shared_ptr<arrow::Schema> schema_;
  std::vector<int> columns_;       // in the file
  std::vector<size_t> positions_;  // of each, in the table
  std::vector<std::shared_ptr<arrow::Table>> pieces_;
};

arrow::ChunkedArrayVector read_columns(const std::filesystem::path& folder,
                                       const StoredTable& table, size_t count,
                                       ThreadPool& threads) {
  std::deque<PartReader> parts;
  for (const TablePart& part : table.parts) parts.emplace_back(folder, part);
  engine::TaskGroup tasks(threads);  // last, so that it waits before what its tasks use is gone
  for (PartReader& part : parts) part.start(tasks, kPiecesPerThread * threads.size());
  tasks.finish();
  arrow::ChunkedArrayVector columns(count);
  for (const PartReader& part : parts) part.put_into(columns, table);
  return columns;
}

}  // namespace

std::shared_ptr<arrow::Table> read_table(const std::filesystem::path& folder,
                                         const StoredTable& table, ThreadPool& threads) {
  const auto schema = data::decode_schema(table.schema);
  auto columns = read_columns(folder, table, static_cast<size_t>(schema->num_fields()), threads);
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
