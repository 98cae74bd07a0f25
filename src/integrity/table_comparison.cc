#include "integrity/table_comparison.h"

#include <arrow/api.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/names.h"
#include "base/quantities.h"
#include "cairn/error.h"
#include "integrity/report.h"

namespace cairn::integrity {
namespace {

using Severity = Issue::Severity;

Issue issue_of(std::string code, Severity severity, std::string column = {}) {
  Issue issue;
  issue.code = std::move(code);
  issue.severity = severity;
  issue.column = std::move(column);
  return issue;
}

// Columns of one name are told apart by their order.
using ColumnKey = std::pair<std::string, int>;

std::vector<ColumnKey> keys_of(const arrow::Schema& schema) {
  std::map<std::string, int> seen;
  std::vector<ColumnKey> keys;
  for (const auto& field : schema.fields()) keys.emplace_back(field->name(), seen[field->name()]++);
  return keys;
}

void check_names(const std::vector<std::string>& names, const arrow::Schema& original,
                 const arrow::Schema& exported, std::string_view what) {
  for (const std::string& name : names) {
    if (!original.GetAllFieldIndices(name).empty() || !exported.GetAllFieldIndices(name).empty())
      continue;
    const std::string close = closest(name, original.field_names());
    throw Error(ErrorKind::invalid_argument,
                fmt::format("cannot compare: {} '{}' is no column", what, printable(name)),
                close.empty() ? "name a column of the tables, in upper and lower case as it is"
                              : fmt::format("did you mean '{}'?", printable(close)));
  }
}

Issue issue_of(std::string code, const ColumnPair& pair, const Differences& differences) {
  Issue issue = issue_of(std::move(code), Severity::error, pair.name);
  issue.first_row = differences.first_row;
  issue.last_row = differences.last_row;
  issue.count = differences.count;
  issue.samples = differences.samples;
  issue.expected = pair.original_type->ToString();
  issue.actual = pair.exported_type->ToString();
  return issue;
}

}  // namespace

TableComparison::TableComparison(const arrow::Schema& original, const arrow::Schema& exported,
                                 const CompareOptions& options)
    : policy_(options.dtypes) {
  std::vector<std::string> tolerant;
  for (const auto& [name, tolerance] : options.tolerances) tolerant.push_back(name);
  check_names(options.keys, original, exported, "key");
  check_names(tolerant, original, exported, "tolerance");
  check_names(options.masked_columns, original, exported, "masked column");
  report_columns_of_one_side(original, exported, "COLUMN_MISSING", "original");
  report_columns_of_one_side(exported, original, "COLUMN_EXTRA", "exported");
  match_columns(original, exported, options);
}

void TableComparison::match_columns(const arrow::Schema& original, const arrow::Schema& exported,
                                    const CompareOptions& options) {
  const auto exported_keys = keys_of(exported);
  const auto original_keys = keys_of(original);
  std::vector<ColumnPair> pairs;
  for (int i = 0; i < original.num_fields(); ++i) {
    const auto found = std::find(exported_keys.begin(), exported_keys.end(), original_keys[i]);
    if (found == exported_keys.end()) continue;
    ColumnPair pair;
    pair.name = original.field(i)->name();
    pair.original = i;
    pair.exported = static_cast<int>(found - exported_keys.begin());
    pair.original_type = original.field(i)->type();
    pair.exported_type = exported.field(pair.exported)->type();
    pair.relation = relate(pair.original_type, pair.exported_type, policy_);
    const auto own = options.tolerances.find(pair.name);
    pair.tolerance = own == options.tolerances.end() ? options.tolerance : own->second;
    const auto& masked = options.masked_columns;
    pair.masked = std::find(masked.begin(), masked.end(), pair.name) != masked.end();
    check_type(pair, policy_);
    if (pair.relation != TypeRelation::incompatible) columns_.emplace_back(pair);
    pairs.push_back(std::move(pair));
  }
  const auto moved = std::adjacent_find(
      pairs.begin(), pairs.end(),
      [](const ColumnPair& a, const ColumnPair& b) { return a.exported > b.exported; });
  if (moved == pairs.end()) return;
  Issue& issue = column_issues_.emplace_back(
      issue_of("COLUMN_ORDER", policy_ == DtypePolicy::strict ? Severity::error : Severity::warning,
               std::next(moved)->name));
  issue.expected = fmt::format("after '{}'", moved->name);
  issue.actual = fmt::format("before '{}'", moved->name);
  issue.next_step = "write the columns in the order of the original";
}

void TableComparison::report_columns_of_one_side(const arrow::Schema& schema,
                                                 const arrow::Schema& other, std::string code,
                                                 std::string_view side) {
  const auto others = keys_of(other);
  const auto keys = keys_of(schema);
  for (size_t i = 0; i < keys.size(); ++i) {
    if (std::find(others.begin(), others.end(), keys[i]) != others.end()) continue;
    Issue& issue = column_issues_.emplace_back(issue_of(code, Severity::error, keys[i].first));
    const std::string type = schema.field(static_cast<int>(i))->type()->ToString();
    const std::string nothing = "no such column";
    const bool missing = side == "original";
    issue.expected = missing ? type : nothing;
    issue.actual = missing ? nothing : type;
  }
}

void TableComparison::check_type(const ColumnPair& pair, DtypePolicy policy) {
  const bool accepted = policy == DtypePolicy::strict ? pair.relation == TypeRelation::identical
                                                      : pair.relation != TypeRelation::incompatible;
  if (accepted) return;
  Issue& issue =
      type_issues_.emplace_back(issue_of("DTYPE_INCOMPATIBLE", Severity::error, pair.name));
  issue.expected = pair.original_type->ToString();
  issue.actual = pair.exported_type->ToString();
  issue.next_step = pair.relation == TypeRelation::incompatible
                        ? "values of these types cannot be compared, and were not"
                        : "allow conversions with the policy 'flexible'";
}

const ColumnPair& TableComparison::pair(const std::string& name) const {
  const auto found = std::find_if(columns_.begin(), columns_.end(),
                                  [&](const auto& column) { return column.pair().name == name; });
  if (found == columns_.end()) {
    throw Error(ErrorKind::invalid_argument,
                fmt::format("cannot compare by key: column '{}' is not in both tables with types "
                            "that compare",
                            printable(name)),
                "choose key columns that both tables have");
  }
  return found->pair();
}

void TableComparison::compare(const AlignedRows& rows) {
  for (ColumnComparison& column : columns_) {
    column.compare(rows.original->column(column.pair().original),
                   rows.exported->column(column.pair().exported), rows.names);
  }
}

void TableComparison::count_rows(int64_t original, int64_t exported) {
  original_rows_ = original;
  exported_rows_ = exported;
}

Issue TableComparison::conversion(const ColumnComparison& column) const {
  const ColumnPair& pair = column.pair();
  Issue issue = issue_of("DTYPE_CONVERTED", Severity::info, pair.name);
  issue.expected = pair.original_type->ToString();
  issue.actual = pair.exported_type->ToString();
  std::string how(to_string(pair.relation));
  if (column.tolerated() > 0) {
    how = fmt::format("with loss, which the tolerance allows: {} values deviate",
                      format_count(column.tolerated()));
  } else if (column.values().count > 0) {
    how = fmt::format("not lossless: {} values differ", format_count(column.values().count));
  } else if (pair.relation != TypeRelation::equivalent) {
    how += row_issues_.empty() ? ", proven for every value compared"
                               : ", proven for the rows that both have";
  }
  issue.samples.push_back(std::move(how));
  return issue;
}

IntegrityReport TableComparison::report() const {
  IntegrityReport report;
  report.level = "values";
  report.checks = {"row count", "columns", "column order", "types", "nulls", "values"};
  report.rows = original_rows_;
  if (original_rows_ != exported_rows_) {
    Issue& issue = report.issues.emplace_back(issue_of("ROWCOUNT", Severity::error));
    issue.expected = format_count(original_rows_) + " rows";
    issue.actual = format_count(exported_rows_) + " rows";
    issue.count = std::abs(original_rows_ - exported_rows_);
  }
  const auto take = [&](const std::vector<Issue>& issues) {
    report.issues.insert(report.issues.end(), issues.begin(), issues.end());
  };
  take(row_issues_);
  take(column_issues_);
  take(type_issues_);
  for (const ColumnComparison& column : columns_) {
    if (column.pair().relation != TypeRelation::identical && policy_ != DtypePolicy::strict)
      report.issues.push_back(conversion(column));
  }
  for (const ColumnComparison& column : columns_) {
    if (column.nulls().count > 0)
      report.issues.push_back(issue_of("NULL_MASK", column.pair(), column.nulls()));
  }
  for (const ColumnComparison& column : columns_) {
    if (column.values().count > 0)
      report.issues.push_back(issue_of("VALUE_MISMATCH", column.pair(), column.values()));
  }
  conclude(report);
  return report;
}

}  // namespace cairn::integrity
