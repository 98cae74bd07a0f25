#include "integrity/file_findings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/quantities.h"
#include "integrity/report.h"

namespace cairn::integrity {
namespace {

using data::kBlockRows;

constexpr std::string_view kRestore =
    "restore this file from a copy, or export the data again; every other file is unaffected";

std::string hex(const data::Hash128& hash) {
  return fmt::format("{:016x}{:016x}", hash.high, hash.low);
}

bool overlaps(const std::vector<Hole>& holes, size_t column, int64_t first, int64_t last) {
  return std::any_of(holes.begin(), holes.end(), [&](const Hole& hole) {
    return hole.column == column && hole.first_row <= last && first <= hole.last_row;
  });
}

}  // namespace

FileFindings::FileFindings(const StoredFile& file, std::string level) : file_(file) {
  report_.level = std::move(level);
}

Issue& FileFindings::error(std::string code) {
  Issue& issue = report_.issues.emplace_back();
  issue.code = std::move(code);
  issue.table = file_.table;
  issue.file = file_.name;
  issue.next_step = kRestore;
  return issue;
}

void FileFindings::expect_rows(int64_t rows) {
  if (rows == file_.digest.rows) return;
  Issue& issue = error("ROWCOUNT");
  issue.expected = format_count(file_.digest.rows) + " rows";
  issue.actual = format_count(rows) + " rows";
  issue.count = std::abs(rows - file_.digest.rows);
}

void FileFindings::expect_digest(const data::TableDigest& actual, const std::vector<Hole>& holes) {
  const size_t before = report_.issues.size();
  expect_leaves({&actual, 1}, holes);
  // What no block tells: names, types, or a record whose parts do not belong together.
  if (report_.issues.size() == before && holes.empty() && actual.root != file_.digest.root) {
    Issue& issue = error("CONTENT_DIGEST");
    issue.expected = file_.digest.root;
    issue.actual = actual.root;
  }
}

void FileFindings::expect_leaves(std::span<const data::TableDigest> readings,
                                 const std::vector<Hole>& holes) {
  const data::TableDigest& expected = file_.digest;
  const data::TableDigest& first = readings.front();
  const size_t columns = std::min(expected.columns.size(), first.columns.size());
  for (size_t c = 0; c < columns; ++c) {
    const auto& wanted = expected.columns[c].leaves;
    const auto& found = first.columns[c].leaves;
    const auto differs = [&](size_t block) {
      const int64_t first_row = static_cast<int64_t>(block) * kBlockRows;
      return std::none_of(readings.begin(), readings.end(),
                          [&](const auto& reading) {
                            return reading.columns[c].leaves[block] == wanted[block];
                          }) &&
             !overlaps(holes, c, first_row, first_row + kBlockRows - 1);
    };
    const size_t blocks = std::min(wanted.size(), found.size());
    for (size_t block = 0; block < blocks; ++block) {
      if (!differs(block)) continue;
      size_t end = block + 1;
      while (end < blocks && differs(end)) ++end;
      Issue& issue = error("CONTENT_DIGEST");
      issue.column = expected.columns[c].name;
      issue.first_row = static_cast<int64_t>(block) * kBlockRows;
      issue.last_row = std::min(static_cast<int64_t>(end) * kBlockRows, expected.rows) - 1;
      issue.expected = hex(wanted[block]);
      issue.actual = hex(found[block]);
      issue.count = static_cast<int64_t>(end - block);
      block = end;
    }
  }
}

IntegrityReport FileFindings::finish(bool content_read) && {
  const auto of_bytes = [](const Issue& issue) { return issue.code == "CHECKSUM_MISMATCH"; };
  const bool values_intact =
      content_read && std::all_of(report_.issues.begin(), report_.issues.end(), of_bytes);
  if (values_intact) {
    for (Issue& issue : report_.issues) {
      issue.samples.push_back(
          "every value reads back as recorded; the bytes that differ hold none");
    }
  }
  conclude(report_);
  return std::move(report_);
}

bool tells_damage(const Error& error) {
  switch (error.kind()) {
    case ErrorKind::cancelled:
    case ErrorKind::permission:
    case ErrorKind::invalid_argument:
    case ErrorKind::config:
    case ErrorKind::no_space:
      return false;
    default:
      // Arrow has many words for bytes that make no sense, running out of memory among them.
      return true;
  }
}

}  // namespace cairn::integrity
