#include "exports/dataset_export.h"

#include <arrow/config.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <deque>
#include <future>
#include <iterator>
#include <span>

#include "base/names.h"
#include "base/quantities.h"
#include "base/thread_pool.h"
#include "cairn/error.h"
#include "data/logical_type.h"
#include "exports/mirrors.h"
#include "exports/stored_version.h"
#include "io/machine.h"

namespace cairn::exports {
namespace {

std::vector<std::string> names_of(const std::vector<TableInput>& tables) {
  std::vector<std::string> names;
  for (const TableInput& table : tables) names.push_back(table.name);
  return names;
}

std::vector<std::string> paths_of(const std::vector<PlannedFile>& files) {
  std::vector<std::string> paths;
  for (const PlannedFile& file : files) paths.push_back(file.path);
  return paths;
}

catalog::TableRow table_row(const TableInput& input, bool processed,
                            const engine::WrittenTable& written) {
  catalog::TableRow row;
  row.name = input.name;
  row.role = processed ? "processed" : "analytical";
  row.rows = written.rows;
  row.columns = input.rows->schema()->num_fields();
  row.digest = written.digest.root;
  row.schema_fingerprint = data::schema_fingerprint(*input.rows->schema());
  row.schema = data::encode_schema(*input.rows->schema());
  row.leaves = data::pack_leaves(written.digest);
  row.profile = Json::array();
  for (const data::ColumnProfile& column : written.profiles)
    row.profile.push_back(column.to_json());
  return row;
}

// The promise "verified before published": what the reader made of the encoded bytes is what came
// in.
void require_read_back(const engine::OutputResult& result, const std::string& table,
                       std::string_view format) {
  if (result.differences.empty()) return;
  const data::LeafDifference& first = result.differences.front();
  throw Error(ErrorKind::corrupt,
              fmt::format("the {} of table '{}' does not read back as it came in: column '{}', "
                          "rows {} to {}, and {} more places",
                          format, printable(table), printable(first.column), first.first_row,
                          first.last_row, result.differences.size() - 1),
              "nothing was published; please report it with the input");
}

void require_verified(const IntegrityReport& report, const std::string& path) {
  if (report.passed()) return;
  const Issue& issue = report.issues.front();
  throw Error(
      ErrorKind::corrupt,
      fmt::format("'{}' was written and does not verify: {} (expected {}, found {})",
                  printable(path), issue.code, printable(issue.expected), printable(issue.actual)),
      "nothing was published; check the disk");
}

// Adds the time between its construction and its end to a total.
class Stopwatch {
 public:
  Stopwatch(const Clock& clock, std::chrono::microseconds& total)
      : clock_(clock), total_(total), start_(clock.now()) {}
  ~Stopwatch() { total_ += clock_.now() - start_; }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  const Clock& clock_;
  std::chrono::microseconds& total_;
  const TimePoint start_;
};

// An input whose content is that of a table is known as well as the table.
void describe_inputs(catalog::VersionDraft& draft) {
  for (LineageInput& input : draft.inputs) {
    for (const catalog::TableRow& table : draft.tables) {
      if (table.name != input.table) continue;
      input.node.digest = table.digest;
      input.node.schema = table.schema_fingerprint;
      input.node.rows = table.rows;
    }
  }
}

Json to_json(const MemoryUse& memory) {
  return {{"input", memory.input},
          {"budget", memory.budget},
          {"pool_peak", memory.pool_peak},
          {"rss_peak", memory.rss_peak}};
}

}  // namespace

DatasetExport::DatasetExport(std::shared_ptr<store::Store> store, engine::Engine& engine,
                             std::string dataset, ExportNote note, Progress& progress)
    : store_(std::move(store)),
      engine_(engine),
      note_(std::move(note)),
      progress_(progress),
      id_(store_->new_id()),
      started_(store_->now()) {
  draft_.export_uuid = id_.text();
  draft_.dataset = std::move(dataset);
  draft_.created = started_;
  draft_.message = note_.message;
  draft_.author = note_.author.empty() ? io::user_at_host() : note_.author;
  draft_.idempotency_key = note_.idempotency_key;
  draft_.expected_parent = note_.expected_parent;
  draft_.tags = note_.tags;
  draft_.run = note_.run;
  draft_.inputs = note_.inputs;
}

ExportSummary DatasetExport::run(const std::vector<TableInput>& tables) {
  const auto& formats = store_->config().output_formats;
  const auto files = plan_files(draft_.dataset, names_of(tables), formats, id_, started_);
  for (const std::string& tag : note_.tags) check_name("tag", tag);
  // Before the work, because all of it would be lost at the commit.
  store_->catalog().lineage().check_inputs(note_.inputs, note_.run);
  if (auto done = already_done()) return *std::move(done);

  store::Publication publication(store_, id_, draft_.dataset, started_, paths_of(files));
  for (size_t table = 0; table < tables.size(); ++table) {
    write_table(publication, tables[table],
                std::span(files).subspan(table * formats.size(), formats.size()));
  }
  publication.publish(std::move(sealed_));
  complete_draft();
  return summary_of(publication.commit(draft_));
}

std::optional<ExportSummary> DatasetExport::already_done() const {
  if (!note_.idempotency_key) return std::nullopt;
  const auto version = store_->catalog().find_by_key(draft_.dataset, *note_.idempotency_key);
  if (!version) return std::nullopt;
  return summary_of_existing(*store_, *version);
}

void DatasetExport::write_table(store::Publication& publication, const TableInput& input,
                                std::span<const PlannedFile> files) {
  const auto schema = input.rows->schema();
  std::vector<TableCodec> codecs;
  std::deque<io::StagedFile> staged;
  std::vector<engine::Output> outputs;
  const auto describe = [&](const data::TableDigest& digest) {
    return std::map<std::string, std::string>{{"cairn.export_id", draft_.export_uuid},
                                              {"cairn.dataset", draft_.dataset},
                                              {"cairn.table", input.name},
                                              {"cairn.digest", digest.root}};
  };
  for (const PlannedFile& file : files)
    codecs.push_back(make_codec(file.format, schema, store_->config()));
  for (size_t i = 0; i < files.size(); ++i) {
    staged.push_back(
        publication.stage(files[i].path, {.md5 = true, .sha256 = store_->config().sha256}));
    outputs.push_back({*codecs[i].codec, staged.back(), true, describe});
  }

  progress_.begin("writing " + printable(input.name), input.expected_rows);
  engine::WrittenTable written;
  {
    const Stopwatch timing(*store_->environment().clock, write_time_);
    written = engine_.write(*input.rows, outputs, progress_);
  }
  memory_.input += written.input_bytes;
  const catalog::TableRow table = table_row(input, draft_.tables.empty(), written);
  std::vector<catalog::FileRow> rows;
  for (size_t i = 0; i < files.size(); ++i) {
    require_read_back(written.outputs[i], input.name, to_string(files[i].format));
    catalog::FileRow row;
    row.table = input.name;
    row.format = to_string(files[i].format);
    row.path = files[i].path;
    row.rows = written.rows;
    row.details = std::move(codecs[i].details);
    note_formulas(table, written.digest, written.outputs[i], row);
    rows.push_back(std::move(row));
  }
  seal_and_verify(staged, table, written.digest, schema, std::move(rows));
  draft_.tables.push_back(table);
}

void DatasetExport::seal_and_verify(std::deque<io::StagedFile>& files,
                                    const catalog::TableRow& table, const data::TableDigest& digest,
                                    const std::shared_ptr<arrow::Schema>& schema,
                                    std::vector<catalog::FileRow> rows) {
  const Stopwatch timing(*store_->environment().clock, verify_time_);
  // Side by side: each waits for the disk most of the time. Who asks for one thread gets one, and
  // every call in an order that can be repeated.
  const bool side_by_side = engine_.threads().size() > 1;
  std::vector<std::future<io::SealedFile>> sealing;
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto seal = [&, i] {
      io::SealedFile sealed = std::move(files[i]).seal();
      rows[i].bytes = sealed.bytes();
      rows[i].md5 = sealed.checksums().md5;
      rows[i].xxh3_128 = sealed.checksums().xxh3_128;
      rows[i].sha256 = sealed.checksums().sha256;
      integrity::StoredFile stored = stored_file(store_->layout(), rows[i], table, schema, digest);
      stored.path = sealed.staging_path();
      require_verified(
          integrity::verify_written(stored, {engine_.threads(), engine_.pool(), no_progress()}),
          rows[i].path);
      return sealed;
    };
    sealing.push_back(side_by_side ? start_or_defer(seal)
                                   : std::async(std::launch::deferred, seal));
  }
  for (auto& sealed : sealing) sealed.wait();
  for (auto& sealed : sealing) sealed_.push_back(sealed.get());
  std::move(rows.begin(), rows.end(), std::back_inserter(draft_.files));
}

void DatasetExport::note_formulas(const catalog::TableRow& table, const data::TableDigest& digest,
                                  const engine::OutputResult& result, catalog::FileRow& row) {
  for (size_t i = 0; i < result.formula_cells.size(); ++i) {
    if (result.formula_cells[i] == 0) continue;
    const std::string& column = digest.columns[i].name;
    row.details["formula_cells"][column] = result.formula_cells[i];
    if (store_->config().csv.formula_policy != FormulaPolicy::keep) continue;
    warnings_.push_back(fmt::format(
        "{} cells of column '{}' of table '{}' start like a formula, which a spreadsheet would "
        "run; set "
        "csv.formula_policy to escape or reject if its CSV goes to one",
        format_count(result.formula_cells[i]), printable(column), printable(table.name)));
  }
}

void DatasetExport::complete_draft() {
  std::vector<std::pair<std::string, std::string>> roots;
  for (const catalog::TableRow& table : draft_.tables) {
    roots.emplace_back(table.name, table.digest);
    draft_.rows += table.rows;
  }
  for (const catalog::FileRow& file : draft_.files) draft_.bytes += file.bytes;
  describe_inputs(draft_);
  draft_.digest = data::digest_of_tables(roots);
  memory_.budget = engine_.memory_bytes();
  memory_.pool_peak = engine_.peak_bytes();
  memory_.rss_peak = io::peak_resident_bytes();
  draft_.details = {
      {"verification", {{"level", "content"}, {"result", "pass"}}},
      {"memory", to_json(memory_)},
      {"timing", {{"write_us", write_time_.count()}, {"verify_us", verify_time_.count()}}},
      {"producer",
       {{"cairn", CAIRN_VERSION},
        {"arrow", ARROW_VERSION_STRING},
        {"host", io::host_name()},
        {"pid", io::process_id()}}},
      {"warnings", warnings_}};
}

ExportSummary DatasetExport::summary_of(const DatasetVersion& version) const {
  ExportSummary summary = summary_of_existing(*store_, version);
  summary.reused = version.export_uuid != draft_.export_uuid;
  summary.memory = memory_;
  summary.elapsed = store_->now() - started_;
  summary.warnings = warnings_;
  try {
    if (!refresh_mirrors(*store_))
      summary.warnings.emplace_back(
          "the version is published, but its mirrors are not written yet: another process keeps "
          "them locked; `cairn doctor` tells when it is stuck");
  } catch (const Error& error) {
    // The version is committed: what merely mirrors it is written at the next open, and must not
    // fail the export.
    summary.warnings.push_back(fmt::format(
        "the version is published, but its mirrors are not up to date: {}", error.what()));
  }
  return summary;
}

ExportSummary summary_of_existing(store::Store& store, const DatasetVersion& version) {
  const catalog::Version full = store.catalog().load(version.dataset, version.version);
  ExportSummary summary;
  summary.version = full;
  summary.tables.assign(full.table_rows.begin(), full.table_rows.end());
  summary.files.assign(full.file_rows.begin(), full.file_rows.end());
  summary.output = store.layout().output();
  summary.manifest = store.layout().resolve(io::Layout::manifest(full.slug, full.version));
  summary.md5_sums = store.layout().resolve(io::Layout::md5_sums(full.slug, full.version));
  summary.reused = true;
  return summary;
}

}  // namespace cairn::exports
