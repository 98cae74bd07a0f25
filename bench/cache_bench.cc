// The cache at work, for bench/cache_hits.py and tests/campaigns/test_cache.py. Each prints one
// JSON object as its last line.
//
//   cache_bench compute FOLDER LOG MILLISECONDS
//       ask for one result; computing it takes so long and adds a line to the file LOG
//   cache_bench flood FOLDER MAX_BYTES SEED PUTS
//       keep results of many sizes
//   cache_bench make FOLDER FORM ROWS
//       keep one result of ten columns
//   cache_bench hits FOLDER ROUNDS
//       look it up, each time as a process would that has looked it up before
//   cache_bench fill FOLDER ENTRIES
//       keep one small result, and have so many others known

#include <arrow/api.h>
#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/json.h"
#include "cache/identity.h"
#include "cairn/data_cache.h"
#include "cairn/error.h"
#include "catalog/cache_index.h"
#include "io/file.h"
#include "io/layout.h"
#include "stopwatch.h"

namespace cairn::bench {
namespace {

constexpr int64_t kUnbounded = int64_t{1} << 40;

CacheIdentity identity_of(const std::string& step, Value::Map parameters = {}) {
  return {"bench", step, std::move(parameters), {{"orders", "cd1:1", {}}}, "v1"};
}

CacheOptions options_of(const std::string& folder, int64_t max_bytes = kUnbounded) {
  CacheOptions options;
  options.folder = folder;
  options.max_bytes = max_bytes;
  options.threads = 2;
  return options;
}

// Integers, floating-point numbers and texts, in turn.
std::shared_ptr<arrow::RecordBatchReader> make_rows(int64_t rows, int columns, uint64_t seed) {
  std::mt19937_64 random(seed);
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (int column = 0; column < columns; ++column) {
    std::unique_ptr<arrow::ArrayBuilder> builder;
    if (column % 3 == 0) {
      auto integers = std::make_unique<arrow::Int64Builder>();
      for (int64_t i = 0; i < rows; ++i)
        (void)integers->Append(static_cast<int64_t>(random() >> 30));
      builder = std::move(integers);
    } else if (column % 3 == 1) {
      auto doubles = std::make_unique<arrow::DoubleBuilder>();
      for (int64_t i = 0; i < rows; ++i)
        (void)doubles->Append(static_cast<double>(random() % 1'000'000) / 100);
      builder = std::move(doubles);
    } else {
      auto texts = std::make_unique<arrow::StringBuilder>();
      for (int64_t i = 0; i < rows; ++i)
        (void)texts->Append(fmt::format("item-{}", random() % 5000));
      builder = std::move(texts);
    }
    arrays.push_back(builder->Finish().ValueOrDie());
    fields.push_back(arrow::field(fmt::format("c{}", column), arrays.back()->type()));
  }
  const auto schema = arrow::schema(fields);
  const auto table = arrow::Table::Make(schema, arrays);
  return std::make_shared<arrow::TableBatchReader>(table);
}

void print(const Json& json) {
  fmt::print("{}\n", json.dump());
}

Json to_json(const CacheResult& result) {
  return {{"hit", result.hit()},
          {"miss", result.miss ? Json(to_string(*result.miss)) : Json()},
          {"explanation", result.explanation},
          {"rows", result.table ? result.table->num_rows() : -1}};
}

void compute(const std::string& folder, const std::string& log, int64_t milliseconds) {
  DataCache cache(options_of(folder));
  const auto result = cache.get_or_compute(identity_of("compute"), [&] {
    std::FILE* file = std::fopen(log.c_str(), "a");
    fmt::print(file, "computed\n");
    std::fclose(file);
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    return make_rows(1000, 3, 1);
  });
  print(to_json(result));
}

void flood(const std::string& folder, int64_t max_bytes, uint64_t seed, int64_t puts) {
  DataCache cache(options_of(folder, max_bytes));
  std::mt19937_64 random(seed);
  std::map<std::string, int64_t> outcomes;
  for (int64_t i = 0; i < puts; ++i) {
    const auto rows = static_cast<int64_t>(std::exp2(static_cast<double>(random() % 1000) / 100) *
                                           static_cast<double>(max_bytes) / 130'000);
    CacheEntryOptions entry;
    entry.form = random() % 2 == 0 ? CacheForm::parquet : CacheForm::arrow;
    const auto number = static_cast<int64_t>(random() % 1000);
    const auto result = cache.put(identity_of("flood", {{"number", number}}),
                                  make_rows(rows + 1, 3, seed + i), entry);
    ++outcomes[result.miss ? std::string(to_string(*result.miss)) : "kept"];
  }
  const auto statistics = cache.statistics();
  print({{"outcomes", outcomes}, {"evicted_bytes", statistics.evicted_bytes}});
}

void make(const std::string& folder, const std::string& form, int64_t rows) {
  DataCache cache(options_of(folder));
  CacheEntryOptions entry;
  entry.form = parse_cache_form(form);
  const auto result = cache.put(identity_of("hits"), make_rows(rows, 10, 1), entry);
  Json json = to_json(result);
  json["file"] =
      (std::filesystem::path(folder) / cache.list({"bench", "hits", ""}).front().file).string();
  print(json);
}

void hits(const std::string& folder, int64_t rounds) {
  DataCache cache(options_of(folder));
  Json seconds = Json::array();
  Json cpu = Json::array();
  for (int64_t i = -1; i < rounds; ++i) {
    const double before = cpu_seconds();
    std::shared_ptr<arrow::Table> table;
    const double wall = seconds_of([&] { table = cache.get(identity_of("hits")).table; });
    if (table == nullptr) throw Error(ErrorKind::internal, "the bench finds nothing");
    if (i < 0) continue;  // the one that checks the bytes
    seconds.push_back(wall);
    cpu.push_back(cpu_seconds() - before);
  }
  print({{"seconds", seconds}, {"cpu_seconds", cpu}});
}

// Known entries with empty files, since nobody looks them up.
void fill(const std::string& folder, int64_t entries) {
  make(folder, "parquet", 100);
  const io::CacheLayout layout(folder);
  catalog::CacheIndex index({layout.index(), layout.index_lock()}, [](catalog::CacheRows&) {});
  index.write([&](catalog::CacheRows& rows) {
    for (int64_t i = 1; i < entries; ++i) {
      const CacheIdentity identity = identity_of("filling", {{"number", i}});
      catalog::CacheRow row;
      row.key = identity.key();
      row.process = identity.process_name;
      row.step = identity.step_name;
      row.form = "parquet";
      row.disk_bytes = 4096;
      row.cost = 1000;
      row.score = row.frequency = 1024;
      row.created = row.last_used = i;
      row.identity = cache::to_json(identity);
      row.factors = cache::factors(identity);
      rows.insert(row);
      std::fclose(
          std::fopen((layout.folder() / io::CacheLayout::entry(row.key, row.form)).c_str(), "w"));
    }
  });
  print({{"entries", entries}});
}

int run(const std::vector<std::string>& words) {
  const auto number = [&](size_t i) { return std::stoll(words.at(i)); };
  const std::string& command = words.at(0);
  if (command == "compute") {
    compute(words.at(1), words.at(2), number(3));
  } else if (command == "flood") {
    flood(words.at(1), number(2), static_cast<uint64_t>(number(3)), number(4));
  } else if (command == "make") {
    make(words.at(1), words.at(2), number(3));
  } else if (command == "hits") {
    hits(words.at(1), number(2));
  } else if (command == "fill") {
    fill(words.at(1), number(2));
  } else {
    throw Error(ErrorKind::invalid_argument, "no such part of the bench");
  }
  return 0;
}

}  // namespace
}  // namespace cairn::bench

int main(int argc, char** argv) {
  try {
    return cairn::bench::run(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const std::exception& error) {
    fmt::print(stderr, "cache_bench: {}\n", error.what());
    return 1;
  }
}
