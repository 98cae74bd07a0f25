// Times the everyday calls on two stores in turn, A B A B ...:
//   catalog_bench OUTPUT_A OUTPUT_B DATASET ROUNDS
// and prints one JSON object: for each call the seconds on A and on B, round by round.

#include <arrow/builder.h>
#include <arrow/table.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cstdlib>
#include <functional>
#include <memory>
#include <vector>

#include "cairn/data_exporter.h"
#include "cairn/data_version_manager.h"
#include "cairn/error.h"
#include "data/arrow_error.h"
#include "stopwatch.h"

namespace cairn::bench {
namespace {

constexpr int kLookups = 20;  // a single one is near the resolution of the clock

std::shared_ptr<arrow::Table> small_table() {
  arrow::Int64Builder ids;
  arrow::DoubleBuilder values;
  for (int64_t i = 0; i < 100; ++i) {
    check(ids.Append(i), "building the input");
    check(values.Append(static_cast<double>(i) / 4), "building the input");
  }
  return arrow::Table::Make(
      arrow::schema({arrow::field("id", arrow::int64()), arrow::field("value", arrow::float64())}),
      {value_or_throw(ids.Finish(), "building the input"),
       value_or_throw(values.Finish(), "building the input")});
}

PipelineConfig config_of(const std::string& output) {
  PipelineConfig config;
  config.output_data_path = output;
  return config;
}

struct Side {
  explicit Side(const std::string& output)
      : versions(config_of(output)), exports(config_of(output)) {}

  DataVersionManager versions;
  ExportManager exports;
};

struct Call {
  const char* name;
  int times;
  std::function<void(Side&)> work;
};

std::vector<Call> calls(const std::string& dataset) {
  return {{"list", kLookups, [=](Side& side) { side.versions.list(dataset, 20); }},
          {"latest", kLookups, [=](Side& side) { side.versions.latest(dataset); }},
          {"export", 1, [=, table = small_table()](Side& side) {
             side.exports.export_complete_dataset(std::make_shared<arrow::TableBatchReader>(table),
                                                  {}, dataset);
           }}};
}

void run(const std::array<std::string, 2>& outputs, const std::string& dataset, int64_t rounds) {
  std::array<Side, 2> sides{Side(outputs[0]), Side(outputs[1])};
  std::vector<std::string> results;
  for (const Call& call : calls(dataset)) {
    std::array<std::vector<double>, 2> seconds;
    for (int64_t round = -1; round < rounds; ++round) {
      for (size_t side = 0; side < sides.size(); ++side) {
        const double taken = seconds_of([&] {
          for (int i = 0; i < call.times; ++i) call.work(sides[side]);
        });
        if (round >= 0) seconds[side].push_back(taken / call.times);  // the first is to warm up
      }
    }
    results.push_back(fmt::format("\"{}\": [[{:.9f}], [{:.9f}]]", call.name,
                                  fmt::join(seconds[0], ", "), fmt::join(seconds[1], ", ")));
  }
  fmt::print("{{{}}}\n", fmt::join(results, ", "));
}

}  // namespace
}  // namespace cairn::bench

int main(int argc, char** argv) {
  if (argc != 5) {
    fmt::print(stderr, "usage: catalog_bench OUTPUT_A OUTPUT_B DATASET ROUNDS\n");
    return 2;
  }
  try {
    cairn::bench::run({argv[1], argv[2]}, argv[3], std::strtoll(argv[4], nullptr, 10));
    return 0;
  } catch (const cairn::Error& error) {
    fmt::print(stderr, "catalog_bench: {}\n", error.what());
    return cairn::exit_code(error.kind());
  }
}
