#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include <charconv>

#include "base/names.h"
#include "base/quantities.h"
#include "cairn/error.h"
#include "commands.h"
#include "formats/inputs/open_input.h"
#include "io/file.h"
#include "render.h"

namespace cairn::cli {
namespace {

namespace fs = std::filesystem;

// A report is written in the form its file's name asks for.
void check_report_name(const fs::path& path) {
  if (path.empty() || path.extension() == ".html" || path.extension() == ".json") return;
  throw Error(ErrorKind::invalid_argument,
              fmt::format("cannot tell the form of the report '{}'", printable(path.native())),
              "name it .html or .json");
}

void write_report(const fs::path& path, const IntegrityReport& report) {
  if (path.empty()) return;
  io::replace_file(path, path.extension() == ".html" ? report.to_html() : report.to_json());
}

int exit_code_of(const IntegrityReport& report) {
  return report.passed() ? kDone : kTheAnswerIsNo;
}

struct VerifiedVersion {
  DatasetVersion version;
  IntegrityReport report;
};

std::vector<DatasetVersion> versions_to_verify(const DataVersionManager& versions,
                                               const VerifyOptions& options) {
  if (!options.all) return {versions.resolve(VersionReference::parse(options.reference))};
  auto all = versions.list();
  std::erase_if(all, [](const DatasetVersion& version) { return version.state != "committed"; });
  return all;
}

Json to_json(const VerifiedVersion& verified) {
  Json json = parse_json(verified.report.to_json(), "the report");
  json["dataset"] = verified.version.dataset;
  json["version"] = verified.version.version;
  json["digest"] = verified.version.digest;
  return json;
}

std::string to_text(const VerifiedVersion& verified) {
  const IntegrityReport& report = verified.report;
  const std::string head =
      fmt::format("{}  {}", reference_to(verified.version), to_string(report.verdict));
  if (report.verdict == Verdict::pass) {
    return fmt::format("{}  {}, {} at level {}\n", head, counted(verified.version.files, "file"),
                       format_bytes(report.bytes), report.level);
  }
  return fmt::format("{}\n{}", head, report.to_text());
}

Tolerance parse_tolerance(const std::string& text) {
  Tolerance tolerance;
  if (text.empty()) return tolerance;
  const char* const end = text.data() + text.size();
  auto parsed = std::from_chars(text.data(), end, tolerance.absolute);
  if (parsed.ec == std::errc() && parsed.ptr != end && *parsed.ptr == ',') {
    parsed = std::from_chars(parsed.ptr + 1, end, tolerance.relative);
  }
  if (parsed.ec != std::errc() || parsed.ptr != end || !(tolerance.absolute >= 0) ||
      !(tolerance.relative >= 0)) {
    throw Error(ErrorKind::invalid_argument,
                fmt::format("'{}' is not a tolerance", printable(text)),
                "write it as ABS or ABS,REL, like 1e-9,1e-6");
  }
  return tolerance;
}

cairn::CompareOptions library_options(const CompareOptions& options) {
  cairn::CompareOptions compare;
  compare.alignment = options.multiset       ? Alignment::multiset
                      : options.keys.empty() ? Alignment::position
                                             : Alignment::key;
  compare.keys = options.keys;
  compare.dtypes = parse_dtype_policy(options.dtypes);
  compare.tolerance = parse_tolerance(options.tolerance);
  compare.sample_rows = options.sample;
  compare.seed = options.seed.value_or(0);
  compare.masked_columns = options.masked;
  return compare;
}

}  // namespace

int run_verify(Session& session, const VerifyOptions& options) {
  if (!options.all && options.reference.empty()) {
    throw Error(ErrorKind::invalid_argument, "nothing to verify was named",
                "give a REF, or --all for every version");
  }
  check_report_name(options.report);
  const VerifyLevel level = parse_verify_level(options.level);
  Workspace workspace = session.open();
  IntegrityReport merged;
  merged.level = to_string(level);
  Json each = Json::array();
  std::string text;
  const auto versions = versions_to_verify(workspace.versions(), options);
  const auto reports = workspace.versions().verify(versions, level, session.progress());
  for (size_t i = 0; i < versions.size(); ++i) {
    const VerifiedVersion verified{versions[i], reports[i]};
    merged.merge(verified.report);
    each.push_back(to_json(verified));
    text += to_text(verified);
  }
  session.progress().clear();
  write_report(options.report, merged);
  session.out().result({{"verdict", to_string(merged.verdict)},
                        {"passed", merged.passed()},
                        {"level", to_string(level)},
                        {"versions", each}},
                       [&] { return text.empty() ? "there are no versions\n" : text; });
  return exit_code_of(merged);
}

int run_compare(Session& session, const CompareOptions& options) {
  check_report_name(options.report);
  const cairn::CompareOptions compare = library_options(options);
  const auto spool = Session::spool_folder(session.config());
  arrow::MemoryPool* const pool = arrow::default_memory_pool();
  const auto original = formats::open_input(options.original, spool, pool);
  const auto exported = formats::open_input(options.exported, spool, pool);
  const IntegrityReport report = DataIntegrityValidator().compare(
      *original.reader, *exported.reader, compare, session.progress());
  session.progress().clear();
  write_report(options.report, report);
  session.out().result(parse_json(report.to_json(), "the report"),
                       [&] { return report.to_text(); });
  return exit_code_of(report);
}

}  // namespace cairn::cli
