// Times one complete export of a table that is in memory before the clock starts:
//   export_bench INPUT.arrow OUTPUT_FOLDER THREADS
// and prints what it took as one JSON object.

#include <arrow/io/file.h>
#include <arrow/ipc/reader.h>
#include <arrow/table.h>
#include <fmt/format.h>

#include <cstdlib>
#include <memory>

#include "cairn/data_exporter.h"
#include "cairn/error.h"
#include "data/arrow_error.h"
#include "io/machine.h"
#include "stopwatch.h"

namespace cairn::bench {
namespace {

// Read, not mapped: the first touch of a page must not happen under the clock.
std::shared_ptr<arrow::Table> load(const std::string& path) {
  auto file = value_or_throw(arrow::io::ReadableFile::Open(path), "opening the input");
  auto reader = value_or_throw(arrow::ipc::RecordBatchFileReader::Open(file), "opening the input");
  return value_or_throw(reader->ToTable(), "reading the input");
}

int64_t bytes_of(const ExportSummary& summary, std::string_view format) {
  int64_t bytes = 0;
  for (const DatasetFile& file : summary.files)
    if (file.format == format) bytes += file.bytes;
  return bytes;
}

void run(const std::string& input, const std::string& output, int64_t threads) {
  const auto table = load(input);
  PipelineConfig config;
  config.output_data_path = output;
  config.threads = threads;
  ExportSummary summary;
  const double cpu_before = cpu_seconds();
  const double seconds = seconds_of([&] {
    ExportManager manager(config);
    summary = manager.export_complete_dataset(std::make_shared<arrow::TableBatchReader>(table), {},
                                              "lineitem");
  });
  const double cpu = cpu_seconds() - cpu_before;
  fmt::print(
      "{{\"seconds\": {:.6f}, \"cpu_seconds\": {:.6f}, \"csv_bytes\": {}, \"parquet_bytes\": {}, "
      "\"peak_rss\": {}}}\n",
      seconds, cpu, bytes_of(summary, "csv"), bytes_of(summary, "parquet"),
      io::peak_resident_bytes());
}

}  // namespace
}  // namespace cairn::bench

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: export_bench INPUT.arrow OUTPUT_FOLDER THREADS\n");
    return 2;
  }
  try {
    cairn::bench::run(argv[1], argv[2], std::strtoll(argv[3], nullptr, 10));
    return 0;
  } catch (const cairn::Error& error) {
    fmt::print(stderr, "export_bench: {}\n", error.what());
    return cairn::exit_code(error.kind());
  }
}
