#include <fmt/format.h>

#include "base/names.h"
#include "base/quantities.h"
#include "integrity/report.h"

namespace cairn {
namespace {

void append_word(std::string& line, std::string_view what, const std::string& name) {
  if (!name.empty()) line += fmt::format(", {} {}", what, printable(name));
}

std::string place_of(const Issue& issue) {
  std::string place;
  append_word(place, "file", issue.file);
  append_word(place, "table", issue.table);
  append_word(place, "column", issue.column);
  const std::string rows = integrity::rows_text(issue);
  if (!rows.empty()) place += ", " + rows;
  return place.empty() ? place : ": " + place.substr(2);
}

std::string text_of(const Issue& issue) {
  std::string text =
      fmt::format("{} {}{}\n", to_string(issue.severity), issue.code, place_of(issue));
  const auto line = [&](std::string_view label, const std::string& value) {
    if (!value.empty()) text += fmt::format("  {:<9} {}\n", label, value);
  };
  line("expected",
       issue.expected.empty() ? "" : printable(issue.expected, integrity::kMaxShownBytes));
  line("actual", issue.actual.empty() ? "" : printable(issue.actual, integrity::kMaxShownBytes));
  if (issue.count > 1) line("count", format_count(issue.count));
  for (const std::string& sample : issue.samples)
    line("sample", printable(sample, integrity::kMaxShownBytes));
  line("next", issue.next_step);
  return text;
}

}  // namespace

std::string IntegrityReport::to_text() const {
  std::string text = fmt::format("{}: {}\n", to_string(verdict), integrity::scope_text(*this));
  std::string ran;
  for (const std::string& check : checks) ran += (ran.empty() ? "" : ", ") + check;
  if (!ran.empty()) text += fmt::format("checked: {}\n", ran);
  const std::string sampled = integrity::sample_text(*this);
  if (!sampled.empty()) text += sampled + "\n";
  for (const Issue& issue : issues) text += "\n" + text_of(issue);
  return text;
}

}  // namespace cairn
