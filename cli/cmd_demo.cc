#include <arrow/record_batch.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>
#include <vector>

#include "base/names.h"
#include "base/quantities.h"
#include "cairn/error.h"
#include "child_process.h"
#include "commands.h"
#include "data/arrow_error.h"
#include "demo_data.h"
#include "demo_pipeline.h"
#include "interrupt.h"
#include "io/file.h"
#include "render.h"

namespace cairn::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDataset = "shop";
constexpr const char* kMarker = ".cairn-demo";  // how a folder of ours is told from others
constexpr int64_t kMaxDamagedFile = int64_t{64} << 20;

// A folder that holds nothing but an earlier demo, or nothing at all; else a new one inside it.
fs::path choose_folder(fs::path folder) {
  while (io::file_exists(folder) && !io::file_exists(folder / kMarker) && !fs::is_empty(folder)) {
    folder /= "cairn-demo";
  }
  return folder;
}

void prepare_folder(const fs::path& folder) {
  io::create_folders(folder);
  io::replace_file(folder / kMarker, "made by `cairn demo`, which replaces data and damaged\n");
  for (const char* ours : {"data", "damaged"}) fs::remove_all(folder / ours);
}

PipelineConfig config_in(const fs::path& folder) {
  PipelineConfig config;
  config.output_data_path = folder / config.output_data_path;
  config.temp_data_path = folder / config.temp_data_path;
  return config;
}

std::vector<TableInput> inputs_of(const std::vector<DemoTable>& tables) {
  std::vector<TableInput> inputs;
  for (const DemoTable& table : tables) {
    inputs.push_back({table.name, value_or_throw(arrow::RecordBatchReader::Make({table.rows}),
                                                 "read the demo data")});
  }
  return inputs;
}

// What was done to a copy of a file.
struct Damage {
  std::string file;
  int64_t line = 0;
  std::string before;
  std::string after;
};

// Change one digit of the price in a line past the middle of a CSV file of order items: bytes that
// still read as a perfectly good table.
Damage change_a_digit(const fs::path& file) {
  std::string bytes = io::read_file(file, kMaxDamagedFile);
  const size_t start = bytes.find('\n', bytes.size() / 5 * 3) + 1;
  size_t price = start;
  for (int commas = 0; commas < 3; ++commas) price = bytes.find(',', price) + 1;
  const auto field = [&] { return bytes.substr(price, bytes.find(',', price) - price); };
  Damage damage;
  damage.file = file.string();
  damage.line =
      1 + std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(start), '\n');
  damage.before = field();
  bytes[price] = bytes[price] == '9' ? '1' : static_cast<char>(bytes[price] + 1);
  damage.after = field();
  io::replace_file(file, bytes);
  return damage;
}

// The whole story: each step does something to the store and tells what came of it.
class Demo {
 public:
  Demo(Session& session, fs::path folder)
      : session_(session), folder_(std::move(folder)), config_(config_in(folder_)) {}

  void run() {
    introduce();
    publish();
    verify();
    correct();
    explain_difference();
    damage_a_copy();
    lose_a_pipeline();
    resume_it();
    trace_it_back();
    say_where();
  }

  /// The pipeline alone, in the folder of a demo: the part that is killed.
  void run_pipeline(const std::string& die_after);

  const Json& json() const { return json_; }

 private:
  template <typename... Arguments>
  void say(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
    session_.progress().clear();
    if (session_.out().json()) return;
    session_.out().write(fmt::format(text, std::forward<Arguments>(arguments)...) + "\n");
  }

  void introduce();
  void publish();
  void verify();
  void correct();
  void explain_difference();
  void damage_a_copy();
  void lose_a_pipeline();
  void resume_it();
  void trace_it_back();
  void say_where();

  ExportSummary publish(const std::string& message, bool corrected);
  void print_tables(const ExportSummary& summary);

  Session& session_;
  const fs::path folder_;
  const PipelineConfig config_;
  Json json_;
};

ExportSummary Demo::publish(const std::string& message, bool corrected) {
  ExportNote note;
  note.message = message;
  auto summary =
      Workspace::open(config_, true)
          .exports()
          .exporter()
          .export_tables(inputs_of(make_demo_shop(corrected)), kDataset, note, session_.progress());
  json_["versions"].push_back(to_json(summary.version));
  return summary;
}

void Demo::print_tables(const ExportSummary& summary) {
  TextTable lines({"table", ">rows", ">CSV", ">Parquet", "content, the same in both"});
  for (const DatasetTable& table : summary.tables) {
    std::map<std::string, int64_t> bytes;
    for (const DatasetFile& file : summary.files) {
      if (file.table == table.name) bytes[file.format] = file.bytes;
    }
    lines.add({table.name, format_count(table.rows), format_bytes(bytes["csv"]),
               format_bytes(bytes["parquet"]), short_digest(table.digest) + "…"});
  }
  const std::string text = lines.text("   ");
  say("{}", text.substr(0, text.size() - 1));
}

void Demo::introduce() {
  say("A made-up shop: decimals, zoned times, categories, nulls beside empty strings,\n"
      "text with quotes, commas, line breaks and accents.\n");
}

void Demo::publish() {
  say("1. Publish five tables in two formats as one version: all visible at once, or none");
  const ExportSummary summary = publish("first light", false);
  print_tables(summary);
  say("   {}: {}, {} in {:.2f} s; every value was read back and compared before it showed\n",
      reference_to(summary.version), counted(summary.version.rows, "row"),
      format_bytes(summary.version.bytes), static_cast<double>(summary.elapsed.count()) / 1e6);
}

void Demo::verify() {
  say("2. Verify it from the files alone");
  Workspace workspace = Workspace::open(config_, false);
  const auto version = workspace.versions().resolve({kDataset, "latest"});
  const auto report =
      workspace.versions().verify(version, VerifyLevel::content, session_.progress());
  json_["verified"] = to_string(report.verdict);
  say("   {}: {}, {}, every checksum and every value\n", to_string(report.verdict),
      counted(version.files, "file"), format_bytes(version.bytes));
}

void Demo::correct() {
  say("3. Three prices were a hundred times too high, one review had 55 stars: publish again");
  const ExportSummary summary = publish("three prices and a review put right", true);
  say("   {} in {:.2f} s; {}@1 stays as it was\n", reference_to(summary.version),
      static_cast<double>(summary.elapsed.count()) / 1e6, kDataset);
}

void Demo::explain_difference() {
  say("4. What changed? Told from stored digests, without reading a file");
  Workspace workspace = Workspace::open(config_, false);
  const DataVersionManager& versions = workspace.versions();
  const VersionDiff diff =
      versions.diff(versions.resolve({kDataset, "1"}), versions.resolve({kDataset, "2"}));
  json_["diff"] = to_json(diff);
  int64_t identical = 0;
  for (const VersionDiff::Table& table : diff.tables) {
    identical += table.change == "identical" ? 1 : 0;
    for (const VersionDiff::Column& column : table.columns) {
      for (const auto& [first, last] : column.rows) {
        say("   {}.{}: rows {} to {}", table.name, column.name, format_count(first),
            format_count(last));
      }
    }
  }
  say("   the other {} tables are identical\n", identical);
}

void Demo::damage_a_copy() {
  say("5. Change one digit in a copy of the store, and verify the copy");
  const fs::path copy = folder_ / "damaged";
  io::create_folders(copy);
  fs::copy(folder_ / "data", copy / "data", fs::copy_options::recursive);
  Workspace workspace = Workspace::open(config_in(copy), false);
  const auto version = workspace.versions().resolve({kDataset, "latest"});
  const auto files = workspace.versions().files(version);
  const auto file = std::find_if(files.begin(), files.end(), [](const DatasetFile& candidate) {
    return candidate.table == "order_items" && candidate.format == "csv";
  });
  const Damage damage = change_a_digit(config_in(copy).output_data_path / file->path);
  say("   {}\n   line {}: {} became {}", session_.shown(damage.file), format_count(damage.line),
      damage.before, damage.after);
  const auto report =
      workspace.versions().verify(version, VerifyLevel::content, session_.progress());
  std::string told;
  for (const Issue& issue : report.issues) {
    std::string line = fmt::format("   found {}", issue.code);
    if (!issue.column.empty()) line += fmt::format(" in {}.{}", issue.table, issue.column);
    if (issue.first_row) {
      line += fmt::format(", rows {} to {}", format_count(*issue.first_row),
                          format_count(*issue.last_row));
    }
    if (line != std::exchange(told, line)) say("{}", line);  // MD5 and XXH3 say the same
  }
  say("   {} of {} files are as they were\n", files.size() - 1, files.size());
  json_["damaged"] = parse_json(report.to_json(), "the report");
}

void Demo::run_pipeline(const std::string& die_after) {
  Workspace workspace = Workspace::open(config_, false);
  const auto source = workspace.versions().resolve({kDataset, "latest"});
  DemoPipeline pipeline(workspace, source, [&](std::string_view step, const std::string& outcome) {
    json_["pipeline"].push_back({{"step", step}, {"outcome", outcome}});
    say("   {:<8}{}", step, outcome);
  });
  pipeline.run(die_after);
}

void Demo::lose_a_pipeline() {
  say("6. A pipeline of three steps over shop@2 is killed after its first");
  std::vector<std::string> arguments{"demo", folder_.string(), "--die-after", "count"};
  if (session_.out().json()) arguments.emplace_back("--json");
  const ProcessEnd end = run_cairn(arguments);
  json_["killed_by_signal"] = end.signal;
  say("   killed  signal {}\n", end.signal);
}

void Demo::resume_it() {
  say("7. Started again, it goes on from its checkpoint");
  run_pipeline({});
  say("");
}

void Demo::trace_it_back() {
  say("8. Six months later: where does bestsellers@1 come from?");
  Workspace workspace = Workspace::open(config_, false);
  const LineageGraph graph = workspace.persistence().lineage_tracker().upstream("bestsellers@1");
  json_["lineage"] = parse_json(graph.to_json(), "the lineage");
  std::istringstream lines(graph.to_text());
  for (std::string line; std::getline(lines, line);) say("   {}", line);
  say("");
}

void Demo::say_where() {
  const std::string folder = session_.shown(folder_);
  json_["folder"] = folder;
  say("Everything is in {}. Look around:", folder);
  for (const char* command :
       {"versions", "show shop", "diff shop@1 shop@2", "cat shop --table reviews | head",
        "rollback shop@1", "cache ls", "checkpoint ls", "lineage show bestsellers", "status"}) {
    say("   cairn -C {} {}", folder, command);
  }
}

}  // namespace

int run_demo(Session& session, const DemoOptions& options) {
  if (!options.die_after.empty()) {
    Demo(session, options.folder).run_pipeline(options.die_after);
    return kDone;
  }
  const fs::path folder = choose_folder(options.folder);
  const CleanInterrupt clean;
  prepare_folder(folder);
  Demo demo(session, folder);
  demo.run();
  if (session.out().json()) session.out().write(to_pretty_json(demo.json()));
  return kDone;
}

}  // namespace cairn::cli
