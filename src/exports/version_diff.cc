#include "exports/version_diff.h"

#include <algorithm>

#include "data/content_digest.h"
#include "exports/stored_version.h"

namespace cairn {

bool VersionDiff::identical() const {
  return std::all_of(tables.begin(), tables.end(),
                     [](const Table& table) { return table.change == "identical"; });
}

namespace exports {
namespace {

using data::TableDigest;

template <typename Items>
const typename Items::value_type* find_named(const Items& items, const std::string& name) {
  const auto found =
      std::find_if(items.begin(), items.end(), [&](const auto& item) { return item.name == name; });
  return found == items.end() ? nullptr : &*found;
}

// Blocks whose leaves differ, neighbours joined. Where one side has more rows, what it has more of
// differs.
std::vector<std::pair<int64_t, int64_t>> differing_rows(const TableDigest::Column& before,
                                                        const TableDigest::Column& after,
                                                        int64_t rows) {
  std::vector<std::pair<int64_t, int64_t>> ranges;
  const size_t blocks = std::max(before.leaves.size(), after.leaves.size());
  for (size_t block = 0; block < blocks; ++block) {
    const bool in_both = block < before.leaves.size() && block < after.leaves.size();
    if (in_both && before.leaves[block] == after.leaves[block]) continue;
    const int64_t first = static_cast<int64_t>(block) * data::kBlockRows;
    const int64_t last = std::min(first + data::kBlockRows, rows) - 1;
    if (!ranges.empty() && ranges.back().second + 1 == first) {
      ranges.back().second = last;
    } else {
      ranges.emplace_back(first, last);
    }
  }
  return ranges;
}

void diff_column(const TableDigest::Column& column, const TableDigest& before,
                 const TableDigest& after, VersionDiff::Table& table) {
  const TableDigest::Column* other = find_named(after.columns, column.name);
  if (other == nullptr) {
    table.columns.push_back({column.name, "removed", column.type, "", {}});
  } else if (other->type != column.type) {
    table.columns.push_back({column.name, "type", column.type, other->type, {}});
  } else if (other->leaves != column.leaves) {
    table.columns.push_back({column.name, "values", "", "",
                             differing_rows(column, *other, std::max(before.rows, after.rows))});
  }
}

VersionDiff::Table diff_table(const catalog::TableRow& before_row,
                              const catalog::TableRow& after_row) {
  VersionDiff::Table table{before_row.name, "identical", before_row.rows, after_row.rows, {}};
  if (before_row.digest == after_row.digest) return table;
  table.change = "changed";
  const TableDigest before = recorded_digest(before_row);
  const TableDigest after = recorded_digest(after_row);
  for (const TableDigest::Column& column : before.columns)
    diff_column(column, before, after, table);
  for (const TableDigest::Column& column : after.columns) {
    if (find_named(before.columns, column.name) == nullptr)
      table.columns.push_back({column.name, "added", "", column.type, {}});
  }
  return table;
}

}  // namespace

VersionDiff diff_versions(const catalog::Version& before, const catalog::Version& after) {
  VersionDiff diff{before, after, {}};
  for (const catalog::TableRow& table : before.table_rows) {
    const catalog::TableRow* other = find_named(after.table_rows, table.name);
    diff.tables.push_back(other == nullptr
                              ? VersionDiff::Table{table.name, "removed", table.rows, 0, {}}
                              : diff_table(table, *other));
  }
  for (const catalog::TableRow& table : after.table_rows) {
    if (find_named(before.table_rows, table.name) == nullptr)
      diff.tables.push_back({table.name, "added", 0, table.rows, {}});
  }
  return diff;
}

}  // namespace exports
}  // namespace cairn
