// Times saves of checkpoints of a table of MEGABYTES in memory, ten numeric columns of equal size:
//   checkpoint_bench FOLDER MEGABYTES THREADS
// and prints one JSON object a save: the first, an unchanged one, one with one column changed, one
// in the background, and small ones while there are more and more others.

#include <arrow/builder.h>
#include <arrow/table.h>
#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <random>
#include <string>

#include "cairn/checkpoint_manager.h"
#include "cairn/error.h"
#include "data/arrow_error.h"
#include "stopwatch.h"

namespace cairn::bench {
namespace {

constexpr int kColumns = 10;

// Noise with few bits: what compression leaves of it is about half.
std::shared_ptr<arrow::ChunkedArray> column_of(int64_t rows, uint64_t seed) {
  std::mt19937_64 random(seed);
  arrow::Int64Builder builder;
  check(builder.Reserve(rows), "make a column");
  for (int64_t row = 0; row < rows; ++row)
    builder.UnsafeAppend(static_cast<int64_t>(random() & 0xffffffff));
  return std::make_shared<arrow::ChunkedArray>(value_or_throw(builder.Finish(), "make a column"));
}

std::shared_ptr<arrow::Table> table_of(int64_t rows) {
  arrow::FieldVector fields;
  arrow::ChunkedArrayVector columns;
  for (uint64_t i = 0; i < kColumns; ++i) {
    fields.push_back(arrow::field(fmt::format("c{}", i), arrow::int64()));
    columns.push_back(column_of(rows, i));
  }
  return arrow::Table::Make(arrow::schema(fields), columns);
}

CheckpointContent content_of(const std::shared_ptr<arrow::Table>& table, const std::string& step) {
  CheckpointContent content;
  content.current_step = step;
  content.state = {{"offset", 1}};
  if (table != nullptr) content.tables = {{"data", table}};
  return content;
}

template <typename Work>
void report(const std::string& what, const Work& work) {
  const double cpu_before = cpu_seconds();
  int64_t bytes = 0;
  const double seconds = seconds_of([&] { bytes = work(); });
  fmt::print("{{\"save\": \"{}\", \"seconds\": {:.6f}, \"cpu_seconds\": {:.6f}, \"bytes\": {}}}\n",
             what, seconds, cpu_seconds() - cpu_before, bytes);
}

void measure_large(CheckpointManager& manager, int64_t rows) {
  const auto table = table_of(rows);
  const auto changed = value_or_throw(
      table->SetColumn(3, table->schema()->field(3), column_of(rows, 99)), "change a column");
  const auto save = [&](const std::shared_ptr<arrow::Table>& saved) {
    return manager.create_checkpoint("large", content_of(saved, "s")).new_bytes;
  };
  report("first", [&] { return save(table); });
  report("unchanged", [&] { return save(table); });
  report("one_column", [&] { return save(changed); });
  std::shared_future<CheckpointInfo> saved;
  report("background", [&] {
    saved = manager.create_checkpoint_async("other", content_of(table, "s"));
    return 0;
  });
  report("background_wait", [&] { return saved.get().new_bytes; });
  report("load", [&] { return manager.load_latest("large")->checkpoint.info.bytes; });
}

// Whether a save costs more when there are many checkpoints of many processes.
void measure_growth(CheckpointManager& manager) {
  CheckpointPolicy keep_all;
  keep_all.keep_every = 1;
  constexpr int kSaves = 50;
  int processes = 0;
  for (const int target : {0, 200, 1000}) {
    manager.set_policy(keep_all);
    for (; processes < target; ++processes)
      manager.create_checkpoint(fmt::format("p{}", processes % 100), content_of(nullptr, "s"));
    report(fmt::format("small_x{}_beside_{}", kSaves, target), [&] {
      for (int i = 0; i < kSaves; ++i) manager.create_checkpoint("mine", content_of(nullptr, "s"));
      return 0;
    });
  }
}

void run(const std::string& folder, int64_t megabytes, int64_t threads) {
  PipelineConfig config;
  config.output_data_path = folder + "/output";
  config.temp_data_path = folder + "/temp";
  config.threads = threads;
  CheckpointManager manager(config);
  measure_large(manager, megabytes * 1'000'000 / (8 * kColumns));
  measure_growth(manager);
}

}  // namespace
}  // namespace cairn::bench

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: checkpoint_bench FOLDER MEGABYTES THREADS\n");
    return 2;
  }
  try {
    cairn::bench::run(argv[1], std::strtoll(argv[2], nullptr, 10),
                      std::strtoll(argv[3], nullptr, 10));
    return 0;
  } catch (const cairn::Error& error) {
    fmt::print(stderr, "checkpoint_bench: {}\n", error.what());
    return cairn::exit_code(error.kind());
  }
}
