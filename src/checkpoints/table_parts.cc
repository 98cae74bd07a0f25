#include "checkpoints/table_parts.h"

#include <arrow/type.h>
#include <fmt/format.h>

#include <algorithm>

#include "data/logical_type.h"

namespace cairn::checkpoints {
namespace {

constexpr size_t kMaxParts = 16;

bool is_used(const StoredColumn& column) {
  return column.position >= 0;
}

int64_t used_bytes(const TablePart& part) {
  int64_t bytes = 0;
  for (const StoredColumn& column : part.columns) bytes += is_used(column) ? column.memory : 0;
  return bytes;
}

bool is_worth_keeping(const TablePart& part) {
  if (std::none_of(part.columns.begin(), part.columns.end(), is_used)) return false;
  int64_t all = 0;
  for (const StoredColumn& column : part.columns) all += column.memory;
  return 2 * used_bytes(part) >= all;
}

// Let a part stand for those columns of the table that it has and no part before it. Equal columns
// of one table are the same bytes: each takes one.
void claim_columns(TablePart& part, const arrow::Schema& schema, const data::TableDigest& digest,
                   std::vector<bool>& found) {
  const auto stored = data::decode_schema(part.schema);
  for (size_t i = 0; i < part.columns.size(); ++i) {
    StoredColumn& column = part.columns[i];
    column.position = -1;
    for (size_t wanted = 0; wanted < found.size() && column.position < 0; ++wanted) {
      const auto position = static_cast<int>(wanted);
      if (found[wanted] || digest.columns[wanted].sha256 != column.sha256 ||
          !schema.field(position)->Equals(stored->field(static_cast<int>(i)), true))
        continue;
      column.position = position;
      found[wanted] = true;
    }
  }
}

void release_columns(const TablePart& part, std::vector<bool>& found) {
  for (const StoredColumn& column : part.columns)
    if (is_used(column)) found[static_cast<size_t>(column.position)] = false;
}

}  // namespace

PartPlan plan_parts(const StoredTable& before, const arrow::Schema& schema,
                    const data::TableDigest& digest) {
  PartPlan plan;
  std::vector<bool> found(digest.columns.size(), false);
  if (before.rows == digest.rows) {
    for (TablePart part : before.parts) {
      claim_columns(part, schema, digest, found);
      if (is_worth_keeping(part)) {
        plan.reused.push_back(std::move(part));
      } else {
        release_columns(part, found);
      }
    }
  }
  // What has to be written makes one part more.
  const bool writes = std::find(found.begin(), found.end(), false) != found.end();
  const size_t most = kMaxParts - (writes ? 1 : 0);
  std::sort(plan.reused.begin(), plan.reused.end(),
            [](const TablePart& a, const TablePart& b) { return used_bytes(a) > used_bytes(b); });
  for (; plan.reused.size() > most; plan.reused.pop_back())
    release_columns(plan.reused.back(), found);
  for (size_t position = 0; position < found.size(); ++position)
    if (!found[position]) plan.to_write.push_back(static_cast<int>(position));
  return plan;
}

std::string part_path(const std::string& slug, const TablePart& part, int table_columns) {
  bool whole = static_cast<int>(part.columns.size()) == table_columns;
  for (size_t i = 0; i < part.columns.size(); ++i)
    whole = whole && part.columns[i].position == static_cast<int64_t>(i);
  if (!whole)
    return fmt::format("data/{}.{:06}.parquet", slug.empty() ? "data" : slug, part.origin);
  return slug.empty() ? "data.parquet" : fmt::format("data/{}.parquet", slug);
}

}  // namespace cairn::checkpoints
