#include <gmock/gmock.h>

#include "base/json.h"
#include "cairn/data_integrity.h"
#include "cairn/error.h"
#include "integrity/report.h"

namespace cairn {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Issue issue_of(Issue::Severity severity) {
  Issue issue;
  issue.code = "VALUE_MISMATCH";
  issue.severity = severity;
  issue.table = "orders";
  issue.file = "orders.csv";
  issue.column = "price";
  issue.first_row = 65536;
  issue.last_row = 131071;
  issue.expected = "1.5";
  issue.actual = "2.5";
  issue.count = 12345;
  issue.samples = {"row 65536: 1.5 is now 2.5"};
  issue.next_step = "export again";
  return issue;
}

IntegrityReport report_with(Issue issue) {
  IntegrityReport report;
  report.level = "content";
  report.checks = {"size", "content"};
  report.issues = {std::move(issue)};
  integrity::conclude(report);
  return report;
}

TEST(VerifyLevels, AreReadBackFromTheirText) {
  for (const auto level :
       {VerifyLevel::size, VerifyLevel::checksum, VerifyLevel::structure, VerifyLevel::content})
    EXPECT_EQ(parse_verify_level(to_string(level)), level);
  EXPECT_EQ(parse_dtype_policy("csv"), DtypePolicy::csv);
}

TEST(VerifyLevels, AreNamedWhenAWordIsNoLevel) {
  try {
    parse_verify_level("deep");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_argument);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("'deep'"), HasSubstr("checksum")));
  }
}

TEST(Verdict, IsThatOfTheWorstIssue) {
  EXPECT_EQ(report_with(issue_of(Issue::Severity::info)).verdict, Verdict::pass);
  EXPECT_EQ(report_with(issue_of(Issue::Severity::warning)).verdict, Verdict::warn);
  EXPECT_EQ(report_with(issue_of(Issue::Severity::error)).verdict, Verdict::fail);
  EXPECT_FALSE(report_with(issue_of(Issue::Severity::error)).passed());
}

TEST(Verdict, OfASampleIsNeverPass) {
  IntegrityReport report;
  report.sample = SampleFacts{};
  integrity::conclude(report);
  EXPECT_EQ(report.verdict, Verdict::pass_sampled);
}

TEST(Verdict, OfMergedReportsIsTheWorse) {
  IntegrityReport passed = report_with(issue_of(Issue::Severity::info));
  passed.rows = 10;
  IntegrityReport warned = report_with(issue_of(Issue::Severity::warning));
  warned.rows = 5;
  warned.checks = {"content", "values"};
  passed.merge(warned);
  EXPECT_EQ(passed.verdict, Verdict::warn);
  EXPECT_EQ(passed.rows, 15);
  EXPECT_EQ(passed.issues.size(), 2);
  EXPECT_THAT(passed.checks, ElementsAre("size", "content", "values"));
  warned.merge(report_with(issue_of(Issue::Severity::info)));
  EXPECT_EQ(warned.verdict, Verdict::warn);
}

TEST(JsonReport, HasEveryFieldOfAnIssue) {
  const Json json =
      parse_json(report_with(issue_of(Issue::Severity::error)).to_json(), "the report");
  EXPECT_EQ(json["verdict"], "fail");
  EXPECT_EQ(json["level"], "content");
  EXPECT_EQ(json["sample"], nullptr);
  const Json expected = {{"code", "VALUE_MISMATCH"},
                         {"severity", "error"},
                         {"table", "orders"},
                         {"file", "orders.csv"},
                         {"column", "price"},
                         {"first_row", 65536},
                         {"last_row", 131071},
                         {"expected", "1.5"},
                         {"actual", "2.5"},
                         {"count", 12345},
                         {"samples", {"row 65536: 1.5 is now 2.5"}},
                         {"next_step", "export again"}};
  EXPECT_EQ(json["issues"][0], expected);
}

TEST(JsonReport, StaysJsonWhenTextIsNotUtf8) {
  Issue issue = issue_of(Issue::Severity::error);
  issue.column = "a\xff\"b";
  EXPECT_NO_THROW(parse_json(report_with(issue).to_json(), "the report"));
}

TEST(TextReport, SaysWhereAndWhatAndWhatNext) {
  EXPECT_THAT(report_with(issue_of(Issue::Severity::error)).to_text(),
              AllOf(HasSubstr("fail: content"),
                    HasSubstr("error VALUE_MISMATCH: file orders.csv, table orders, column price, "
                              "rows 65,536 to 131,071"),
                    HasSubstr("12,345"), HasSubstr("export again")));
}

TEST(TextReport, KeepsControlCharactersOfDataAwayFromTheTerminal) {
  Issue issue = issue_of(Issue::Severity::error);
  issue.column = "a\x1b[31m";
  issue.samples = {"two\nlines"};
  EXPECT_THAT(report_with(issue).to_text(),
              AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("two\nlines"))));
}

TEST(TextReport, SaysWhatASampleCouldMiss) {
  IntegrityReport report;
  report.level = "values";
  report.sample = SampleFacts{1000, 1000000, 42, 0.000043, 0.37, 0.999};
  integrity::conclude(report);
  EXPECT_THAT(report.to_text(), AllOf(HasSubstr("pass_sampled"), HasSubstr("1,000 of 1,000,000"),
                                      HasSubstr("seed 42"), HasSubstr("0.37")));
}

TEST(HtmlReport, EscapesWhatComesFromData) {
  const std::string evil = "<script>alert('x')</script>&\"";
  Issue issue = issue_of(Issue::Severity::error);
  issue.column = evil;
  issue.table = evil;
  issue.file = evil;
  issue.expected = evil;
  issue.actual = evil;
  issue.samples = {evil};
  issue.next_step = evil;
  IntegrityReport report = report_with(issue);
  report.checks = {evil};
  report.level = evil;
  const std::string page = report.to_html();
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;"));
}

TEST(HtmlReport, FetchesAndRunsNothing) {
  const std::string page = report_with(issue_of(Issue::Severity::error)).to_html();
  EXPECT_THAT(page,
              AllOf(Not(HasSubstr("http://")), Not(HasSubstr("https://")), Not(HasSubstr("src=")),
                    HasSubstr("default-src 'none'"), HasSubstr("prefers-color-scheme: dark")));
}

}  // namespace
}  // namespace cairn
