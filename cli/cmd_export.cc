#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/names.h"
#include "base/quantities.h"
#include "cairn/error.h"
#include "commands.h"
#include "formats/inputs/concatenated_reader.h"
#include "formats/inputs/open_input.h"
#include "interrupt.h"
#include "io/file.h"
#include "render.h"

namespace cairn::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStandardInput = "-";
constexpr size_t kMaxLineageName = 1000;  // bytes of a file's name, there

// A file of rows, and the table it becomes part of.
struct InputFile {
  std::string table;
  std::string path;
};

// A file is what its path says; one that is not there is looked for among the processed data.
std::string find_input(const std::string& file, const PipelineConfig& config) {
  if (file == kStandardInput || io::file_exists(file)) return file;
  const fs::path among_processed = config.processed_data_path / file;
  if (fs::path(file).is_relative() && io::file_exists(among_processed)) {
    return among_processed.string();
  }
  throw Error(ErrorKind::not_found, fmt::format("there is no file '{}'", printable(file)),
              fmt::format("check the path; it was looked for in '{}' too",
                          printable(config.processed_data_path.native())));
}

InputFile parse_analytical(const std::string& text, const PipelineConfig& config) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals + 1 == text.size()) {
    throw Error(ErrorKind::invalid_argument,
                fmt::format("'{}' is not an analytical table", printable(text)),
                "write it as NAME=FILE");
  }
  const std::string table = text.substr(0, equals);
  check_name("table name", table);
  if (table == kProcessedTable) {
    throw Error(ErrorKind::invalid_argument,
                fmt::format("'{}' is the table of the processed data", kProcessedTable),
                "give the analytical table another name");
  }
  return {table, find_input(text.substr(equals + 1), config)};
}

// The files to read, those of the processed data first. Nothing is opened, so that a wrong name
// makes no store.
std::vector<InputFile> find_inputs(const ExportOptions& options, const PipelineConfig& config) {
  std::vector<InputFile> files;
  for (const std::string& file : options.files) {
    files.push_back({std::string(kProcessedTable), find_input(file, config)});
  }
  for (const std::string& text : options.analytical) {
    files.push_back(parse_analytical(text, config));
  }
  const auto reads_standard_input = [](const InputFile& file) {
    return file.path == kStandardInput;
  };
  if (std::count_if(files.begin(), files.end(), reads_standard_input) > 1) {
    throw Error(ErrorKind::invalid_argument, "standard input can be read only once",
                "give '-' for one file only");
  }
  return files;
}

// The tables of an export, the processed data first.
std::vector<TableInput> open_inputs(const std::vector<InputFile>& files,
                                    const std::filesystem::path& spool, arrow::MemoryPool* pool) {
  TableInput processed{std::string(kProcessedTable), nullptr, 0};
  std::vector<TableInput> analytical;
  std::vector<formats::NamedReader> parts;
  for (const InputFile& file : files) {
    formats::Input input = formats::open_input(file.path, spool, pool);
    if (file.table != kProcessedTable) {
      analytical.push_back({file.table, std::move(input.reader), input.rows});
      continue;
    }
    parts.push_back({file.path, std::move(input.reader)});
    const bool known = processed.expected_rows >= 0 && input.rows >= 0;
    processed.expected_rows = known ? processed.expected_rows + input.rows : -1;
  }
  processed.rows = formats::concatenate(std::move(parts));
  analytical.insert(analytical.begin(), std::move(processed));
  return analytical;
}

// The files, for lineage. One that is all of a table has its content; nothing is known of the
// content of standard input's.
std::vector<LineageInput> lineage_of(const std::vector<InputFile>& files, const Session& session) {
  std::vector<LineageInput> inputs;
  for (const InputFile& file : files) {
    if (file.path == kStandardInput) continue;
    LineageInput& input = inputs.emplace_back();
    input.node.dataset = {"file", printable(session.shown(file.path), kMaxLineageName)};
    input.node.path = input.node.dataset.name;
    if (fs::is_regular_file(file.path)) input.node.bytes = io::bytes_of_file(file.path);
    const auto of_table = [&](const InputFile& other) { return other.table == file.table; };
    if (std::count_if(files.begin(), files.end(), of_table) == 1) input.table = file.table;
  }
  return inputs;
}

ExportNote note_of(const ExportOptions& options, std::vector<LineageInput> inputs) {
  ExportNote note;
  note.inputs = std::move(inputs);
  note.message = options.message;
  note.author = options.author;
  note.tags = options.tags;
  note.idempotency_key = options.key;
  note.expected_parent = options.expect;
  return note;
}

Json to_json(const ExportSummary& summary, const Session& session) {
  Json json = cli::to_json(summary.version);
  json["files"] = files_to_json(summary.files, summary.tables, summary.output, session);
  json["tables"] = Json::array();
  for (const DatasetTable& table : summary.tables) json["tables"].push_back(cli::to_json(table));
  json["manifest"] = session.shown(summary.manifest);
  json["md5_sums"] = session.shown(summary.md5_sums);
  json["memory"] = {{"input", summary.memory.input},
                    {"budget", summary.memory.budget},
                    {"pool_peak", summary.memory.pool_peak},
                    {"rss_peak", summary.memory.rss_peak}};
  json["elapsed_seconds"] = static_cast<double>(summary.elapsed.count()) / 1e6;
  json["warnings"] = summary.warnings;
  json["reused"] = summary.reused;
  json["dry_run"] = false;
  return json;
}

std::string to_text(const ExportSummary& summary, const Session& session) {
  const DatasetVersion& version = summary.version;
  if (summary.reused) {
    return fmt::format("{} was already published with this key; nothing was written\n",
                       reference_to(version));
  }
  const double seconds = static_cast<double>(summary.elapsed.count()) / 1e6;
  std::string text = fmt::format("published {}: {} in {}, {}, verified\n\n", reference_to(version),
                                 counted(version.rows, "row"), counted(version.tables, "table"),
                                 format_bytes(version.bytes));
  text += files_to_text(summary.files, summary.output, session);
  text += fmt::format("\n  digest    {}\n", version.digest);
  text += fmt::format("  manifest  {}\n", session.shown(summary.manifest));
  text += fmt::format("  took      {:.2f} s: {} a second read, {} a second written\n", seconds,
                      format_bytes(static_cast<int64_t>(static_cast<double>(summary.memory.input) /
                                                        std::max(seconds, 1e-6))),
                      format_bytes(static_cast<int64_t>(static_cast<double>(version.bytes) /
                                                        std::max(seconds, 1e-6))));
  text += fmt::format("  memory    {} at most, of a budget of {}\n",
                      format_bytes(summary.memory.pool_peak), format_bytes(summary.memory.budget));
  return text;
}

// The inputs are opened, so that what is wrong with them is told here as well.
int print_plan(const Session& session, const std::vector<InputFile>& files,
               const std::string& dataset, const PipelineConfig& config) {
  std::vector<std::string> tables;
  const auto spool = Session::spool_folder(config);
  for (const TableInput& table : open_inputs(files, spool, arrow::default_memory_pool())) {
    tables.push_back(table.name);
  }
  const ExportPlan plan = Workspace::plan_export(config, tables, dataset);
  const fs::path& output = config.output_data_path;
  Json planned = Json::array();
  for (const DatasetFile& file : plan.files) {
    planned.push_back({{"path", session.shown(output / file.path)},
                       {"table", file.table},
                       {"format", file.format}});
  }
  session.out().result(
      {{"dataset", plan.dataset},
       {"version", plan.next_version},
       {"files", planned},
       {"memory_budget", plan.memory_budget},
       {"free_disk_bytes", plan.free_disk_bytes},
       {"dry_run", true}},
      [&] {
        std::string text = fmt::format("would publish {}@{}\n", plan.dataset, plan.next_version);
        for (const DatasetFile& file : plan.files) {
          text += fmt::format("  {}\n", session.shown(output / file.path));
        }
        return text + fmt::format("  {} are free\n", format_bytes(plan.free_disk_bytes));
      });
  return kDone;
}

}  // namespace

int run_export(Session& session, const ExportOptions& options) {
  check_name("dataset name", options.dataset);
  const PipelineConfig config = session.config(options.flags);
  const std::vector<InputFile> files = find_inputs(options, config);
  if (options.dry_run) return print_plan(session, files, options.dataset, config);
  Workspace workspace = Workspace::open(config, true);
  DataExporter& exporter = workspace.exports().exporter();
  const auto tables = open_inputs(files, config.temp_data_path, exporter.memory_pool());
  const CleanInterrupt clean;
  const ExportSummary summary = exporter.export_tables(
      tables, options.dataset, note_of(options, lineage_of(files, session)), session.progress());
  session.progress().clear();
  for (const std::string& warning : summary.warnings) session.note("warning: " + warning);
  session.out().result(to_json(summary, session), [&] { return to_text(summary, session); });
  return kDone;
}

}  // namespace cairn::cli
