#include <fmt/format.h>

#include "base/names.h"
#include "base/quantities.h"
#include "integrity/report.h"

namespace cairn {
namespace {

// The policy keeps the page from running or fetching anything, should an escape ever be forgotten.
constexpr std::string_view kHead = R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Integrity report</title>
<style>
:root { color-scheme: light dark; --ink: #1c2430; --paper: #fff; --faint: #5b6675;
  --line: #d9dee5; --good: #1a7f4b; --odd: #9a6700; --bad: #c0332b; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e8ee; --paper: #14181e; --faint: #97a2b1;
    --line: #313944; --good: #4cc38a; --odd: #e0b341; --bad: #ff7b72; } }
body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: var(--ink);
  background: var(--paper); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; }
.pass { color: var(--good); } .pass_sampled, .warn, .warning { color: var(--odd); }
.fail, .error { color: var(--bad); } .faint, .info { color: var(--faint); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem; border-bottom: 1px solid var(--line); }
td { overflow-wrap: anywhere; } td.number { text-align: right; font-variant-numeric: tabular-nums; }
ul { margin: 0; padding-left: 1rem; }
code { font: .875em ui-monospace, monospace; }
</style>
</head>
<body>
)html";

// Everything that comes from data passes through here, and stands in element content only.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text.empty() ? std::string() : printable(text, integrity::kMaxShownBytes)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string place_of(const Issue& issue) {
  std::string place;
  for (const std::string* part : {&issue.file, &issue.table}) {
    if (!part->empty()) place += (place.empty() ? "" : "<br>") + escaped(*part);
  }
  return place;
}

std::string samples_of(const Issue& issue) {
  std::string list;
  for (const std::string& sample : issue.samples)
    list += "<li><code>" + escaped(sample) + "</code></li>";
  return list.empty() ? list : "<ul>" + list + "</ul>";
}

std::string row_of(const Issue& issue) {
  return fmt::format(
      "<tr><td class=\"{0}\">{0}</td><td><code>{1}</code></td><td>{2}</td><td>{3}</td><td>{4}</td>"
      "<td>{5}</td><td>{6}</td><td class=\"number\">{7}</td><td>{8}</td><td>{9}</td></tr>\n",
      to_string(issue.severity), escaped(issue.code), place_of(issue), escaped(issue.column),
      integrity::rows_text(issue), escaped(issue.expected), escaped(issue.actual),
      format_count(issue.count), samples_of(issue), escaped(issue.next_step));
}

std::string paragraph(std::string_view text) {
  return text.empty() ? std::string() : fmt::format("<p>{}</p>\n", text);
}

}  // namespace

std::string IntegrityReport::to_html() const {
  std::string page(kHead);
  page += fmt::format("<h1>Integrity: <span class=\"{0}\">{0}</span></h1>\n", to_string(verdict));
  page += paragraph(escaped(integrity::scope_text(*this)));
  std::string ran;
  for (const std::string& check : checks) ran += (ran.empty() ? "" : ", ") + escaped(check);
  if (!ran.empty()) page += fmt::format("<p class=\"faint\">Checked: {}</p>\n", ran);
  page += paragraph(integrity::sample_text(*this));
  if (issues.empty()) {
    page += paragraph("Nothing to report.");
  } else {
    page +=
        "<div class=\"scroll\"><table>\n<tr><th>Severity</th><th>Code</th><th>Where</th>"
        "<th>Column</th><th>Rows</th><th>Expected</th><th>Actual</th><th>Count</th>"
        "<th>Samples</th><th>Next step</th></tr>\n";
    for (const Issue& issue : issues) page += row_of(issue);
    page += "</table></div>\n";
  }
  return page + "</body>\n</html>\n";
}

}  // namespace cairn
