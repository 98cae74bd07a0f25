#include "integrity/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/json.h"
#include "base/quantities.h"
#include "cairn/error.h"

namespace cairn {
namespace {

constexpr std::array<std::pair<VerifyLevel, std::string_view>, 4> kLevels{{
    {VerifyLevel::size, "size"},
    {VerifyLevel::checksum, "checksum"},
    {VerifyLevel::structure, "structure"},
    {VerifyLevel::content, "content"},
}};

constexpr std::array<std::pair<DtypePolicy, std::string_view>, 3> kPolicies{{
    {DtypePolicy::strict, "strict"},
    {DtypePolicy::flexible, "flexible"},
    {DtypePolicy::csv, "csv"},
}};

template <typename Enum, size_t N>
Enum parse_word(const std::array<std::pair<Enum, std::string_view>, N>& words,
                std::string_view what, std::string_view text) {
  std::string known;
  for (const auto& [value, word] : words) {
    if (word == text) return value;
    known += (known.empty() ? "" : ", ") + std::string(word);
  }
  throw Error(ErrorKind::invalid_argument, fmt::format("'{}' is not a {}", text, what),
              "use one of " + known);
}

// From best to worst.
int badness(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return 0;
    case Verdict::pass_sampled:
      return 1;
    case Verdict::warn:
      return 2;
    case Verdict::fail:
      return 3;
  }
  return 3;
}

Json to_json_value(const Issue& issue) {
  Json json{{"code", issue.code},         {"severity", to_string(issue.severity)},
            {"table", issue.table},       {"file", issue.file},
            {"column", issue.column},     {"expected", issue.expected},
            {"actual", issue.actual},     {"count", issue.count},
            {"samples", issue.samples},   {"next_step", issue.next_step},
            {"first_row", Json(nullptr)}, {"last_row", Json(nullptr)}};
  if (issue.first_row) json["first_row"] = *issue.first_row;
  if (issue.last_row) json["last_row"] = *issue.last_row;
  return json;
}

Json to_json_value(const SampleFacts& sample) {
  return {{"rows", sample.rows},
          {"population", sample.population},
          {"seed", sample.seed},
          {"miss_one_percent", sample.miss_one_percent},
          {"miss_one_permille", sample.miss_one_permille},
          {"miss_single_row", sample.miss_single_row}};
}

}  // namespace

std::string_view to_string(VerifyLevel level) {
  return kLevels.at(static_cast<size_t>(level)).second;
}

VerifyLevel parse_verify_level(std::string_view text) {
  return parse_word(kLevels, "level of verification", text);
}

DtypePolicy parse_dtype_policy(std::string_view text) {
  return parse_word(kPolicies, "policy for types", text);
}

std::string_view to_string(Issue::Severity severity) {
  switch (severity) {
    case Issue::Severity::info:
      return "info";
    case Issue::Severity::warning:
      return "warning";
    case Issue::Severity::error:
      return "error";
  }
  return "error";
}

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "pass";
    case Verdict::pass_sampled:
      return "pass_sampled";
    case Verdict::warn:
      return "warn";
    case Verdict::fail:
      return "fail";
  }
  return "fail";
}

void IntegrityReport::merge(const IntegrityReport& other) {
  if (badness(other.verdict) > badness(verdict)) verdict = other.verdict;
  if (level.empty()) level = other.level;
  for (const std::string& check : other.checks) {
    if (std::find(checks.begin(), checks.end(), check) == checks.end()) checks.push_back(check);
  }
  issues.insert(issues.end(), other.issues.begin(), other.issues.end());
  if (!sample) sample = other.sample;
  rows += other.rows;
  bytes += other.bytes;
}

std::string IntegrityReport::to_json() const {
  Json json{{"verdict", to_string(verdict)},
            {"level", level},
            {"checks", checks},
            {"issues", Json::array()},
            {"sample", Json(nullptr)},
            {"rows", rows},
            {"bytes", bytes}};
  for (const Issue& issue : issues) json["issues"].push_back(to_json_value(issue));
  if (sample) json["sample"] = to_json_value(*sample);
  return to_pretty_json(json);
}

namespace integrity {

void conclude(IntegrityReport& report) {
  report.verdict = report.sample ? Verdict::pass_sampled : Verdict::pass;
  for (const Issue& issue : report.issues) {
    const Verdict says = issue.severity == Issue::Severity::error     ? Verdict::fail
                         : issue.severity == Issue::Severity::warning ? Verdict::warn
                                                                      : Verdict::pass;
    if (badness(says) > badness(report.verdict)) report.verdict = says;
  }
}

std::string rows_text(const Issue& issue) {
  if (!issue.first_row) return {};
  const int64_t last = issue.last_row.value_or(*issue.first_row);
  if (last == *issue.first_row) return "row " + format_count(last);
  return fmt::format("rows {} to {}", format_count(*issue.first_row), format_count(last));
}

std::string scope_text(const IntegrityReport& report) {
  std::string text = report.level;
  if (report.rows > 0) text += ", " + format_count(report.rows) + " rows";
  if (report.bytes > 0) text += ", " + format_bytes(report.bytes);
  return text;
}

std::string sample_text(const IntegrityReport& report) {
  if (!report.sample) return {};
  const SampleFacts& sample = *report.sample;
  return fmt::format(
      "A sample of {} of {} rows, seed {}: the chance that it missed a defect is {:.2g} when 1 % "
      "of "
      "the rows have it, {:.2g} for 0.1 %, and {:.2g} for a single row.",
      format_count(sample.rows), format_count(sample.population), sample.seed,
      sample.miss_one_percent, sample.miss_one_permille, sample.miss_single_row);
}

}  // namespace integrity
}  // namespace cairn
